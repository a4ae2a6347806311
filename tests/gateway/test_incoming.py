"""What comes in: read in one way or refused, and passed on with nothing that only the gateway may say."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.gateway.by_hand import JOURNAL, bearer, raw
from tests.gateway.stand_in import answering


async def test_a_read_goes_on_and_comes_back(client, budget):
    answer = await client.visit.get(f"{JOURNAL}?expand=entries&x=%2F%20")
    assert (answer.status_code, answer.json()) == (200, {"id": "x"})
    assert answer.headers["ETag"] == '"1"'
    assert (budget.heard[0].method, budget.heard[0].target) == ("GET", f"{JOURNAL}?expand=entries&x=%2F%20")


async def test_a_write_goes_on_with_its_body_and_its_keys(client, budget):
    body = {"kind": "contribution", "entries": [{"amount_pence": 1}]}
    budget.does(answering(body, status=201, Location="/v1/journals/x", Idempotency_Replayed="true"))
    answer = await client.visit.put(
        JOURNAL, json=body, headers={"X-On-Behalf-Of": "finance officer", "If-Match": '"3"'}
    )
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/v1/journals/x"
    assert answer.headers["Idempotency-Replayed"] == "true"
    heard = budget.heard[0]
    assert json.loads(heard.body) == body
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.headers["X-On-Behalf-Of"] == "finance officer"
    assert heard.headers["If-Match"] == '"3"'


async def test_a_service_hears_nothing_that_only_the_gateway_may_say(client, budget):
    lies = {
        "X-Caller-Assertion": "forged", "Cookie": "a=b", "X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1",
        "X-HTTP-Method-Override": "DELETE", "X-Request-Deadline": "999999999", "X-Organisation": "x", "Via": "x",
        "X-Original-URL": "/v1/accounts", "Proxy-Authorization": "Basic x", "TE": "trailers", "Upgrade": "h2c",
        "Origin": "https://evil.example", "Accept-Encoding": "gzip", "User-Agent": "secret-agent",
    }  # fmt: skip
    assert (await client.visit.get(JOURNAL, headers=lies)).status_code == 200
    heard = budget.heard[0].headers
    allowed = {"host", "accept", "x-caller-assertion", "x-request-id", "x-request-deadline"}
    assert {name.lower() for name in heard} <= allowed
    assert heard["X-Caller-Assertion"] != "forged"
    assert int(heard["X-Request-Deadline"]) <= 3000
    assert client.visit.token not in json.dumps(dict(heard))


async def test_ids_are_made_echoed_passed_on_or_refused(client, budget):
    given = str(uuid.uuid4())
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await client.visit.get(
        JOURNAL,
        headers={
            "X-Request-ID": given,
            "X-Correlation-ID": "case-42",
            "traceparent": trace,
            "tracestate": "a=1",
        },
    )
    assert (answer.headers["X-Request-ID"], answer.headers["X-Correlation-ID"]) == (given, "case-42")
    heard = budget.heard[0].headers
    assert (heard["X-Request-ID"], heard["X-Correlation-ID"]) == (given, "case-42")
    assert (heard["traceparent"], heard["tracestate"]) == (trace, "a=1")
    made = await client.visit.get(JOURNAL)
    assert uuid.UUID(made.headers["X-Request-ID"])
    bare = await client.visit.get(JOURNAL, headers={"X-Request-ID": given.replace("-", "")})
    assert bare.headers["X-Request-ID"] == given
    for wrong in ("42", "x" * 36, given + "\t", "{" + given + "}"):
        refused = await client.visit.get(JOURNAL, headers={"X-Request-ID": wrong})
        assert (refused.status_code, refused.json()["code"]) == (400, "request_id_unreadable")
        assert refused.headers["X-Request-ID"] == refused.json()["request_id"] != wrong
    dropped = await client.visit.get(
        JOURNAL, headers={"X-Correlation-ID": "a b", "traceparent": "00-x", "tracestate": "a=1"}
    )
    assert dropped.status_code == 200
    assert "X-Correlation-ID" not in dropped.headers
    assert not {"traceparent", "tracestate", "X-Correlation-ID"} & budget.heard[-1].headers.keys()


@pytest.mark.parametrize(
    "path",
    [
        b"/v1/journals/../accounts", b"/v1/./journals", b"/v1/journals/..", b"/v1/..", b"/..", b"/v1//journals",
        b"//v1/journals", b"/v1/journals/%2e%2e/accounts", b"/v1/%2E%2E/x", b"/v1/journals%2f1", b"/v1%2Fjournals",
        b"/v1/journals/%252e%252e", b"/v1\\journals", b"/v1/journals\\..\\x", b"/v1/journals/%5c..", b"/v1/journals;x=1",
        b"/v1/journals/..;/accounts", b"/v1/journals/%00", b"/v1/journals/\x00", b"/v1/journals/%0d%0aX: y",
        b"/v1/journals/\r\nX: y", b"/v1/journals/a b", b"/v1/journals/%20", b"/v1/journals/\xc0\xae\xc0\xae",
        b"/v1/journals/\xe2\x80\xae", b"/v1/journals/%u002e", b"v1/journals", b"", b"http://evil.example/v1/journals",
        b"*", b"/v1/journals/#x", b"/v1/journals/?", b"/v1/journals/<x>", b"/v1/journals/'", b"/v1/journals/" + b"a" * 1100,
    ],
)  # fmt: skip
async def test_a_path_that_can_be_read_in_two_ways_is_refused(gateway, client, budget, path):
    status, _, body = await raw(gateway, "GET", path, [bearer(client)])
    assert (status, json.loads(body)["code"]) == (400, "path_not_normal")
    assert not budget.heard


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/", "/v1/journals/", "/v1/secrets", "/v2/journals", "/V1/journals", "/v1/JOURNALS", "/budget/v1/journals",
     f"{JOURNAL}/reversal/x", "/internal", "/admin", "/.env", "/oauth2", "/openapi.yaml", "/v1/partnerships/x/y/z"],
)  # fmt: skip
async def test_what_the_table_does_not_list_is_not_there(client, budget, path):
    answer = await client.visit.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")
    assert not budget.heard


@pytest.mark.parametrize(
    "method", ["POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"]
)
async def test_a_method_that_an_address_does_not_take_is_answered_with_all_that_it_does(
    gateway, client, budget, method
):
    status, headers, _ = await raw(gateway, method, JOURNAL.encode(), [bearer(client)])
    assert (status, headers[b"allow"]) == (405, b"GET, PUT")
    assert not budget.heard


@pytest.mark.parametrize(
    ("header", "value"),
    [("authorization", "Bearer x"), ("idempotency-key", "k" * 20), ("x-request-id", str(uuid.uuid4())),
     ("content-type", "application/json"), ("if-match", '"1"'), ("content-length", "2")],
)  # fmt: skip
async def test_a_header_that_stands_twice_is_refused(gateway, client, budget, header, value):
    twice = [(header.encode(), value.encode())] * 2
    status, _, body = await raw(gateway, "GET", JOURNAL.encode(), twice)
    assert status == 400
    assert json.loads(body)["code"] in {"header_twice", "request_id_unreadable"}
    assert not budget.heard


@pytest.mark.parametrize("query", [b"a=<b>", b"a=%", b"a=%zz", b"a=\x00", b"a=\xff", b"a b", b"a" * 5000])
async def test_a_query_that_can_be_read_in_two_ways_is_refused(gateway, client, budget, query):
    status, _, body = await raw(gateway, "GET", JOURNAL.encode(), [bearer(client)], query)
    assert (status, json.loads(body)["code"]) == (400, "query_unreadable")
    assert not budget.heard


async def test_headers_beyond_measure_are_refused(client, budget):
    answer = await client.visit.get(JOURNAL, headers={f"X-{n}": "y" * 1000 for n in range(30)})
    assert (answer.status_code, answer.json()["code"]) == (400, "headers_too_large")
