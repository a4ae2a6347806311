"""The thin path: what goes on to a service, what comes back, and what never gets that far."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any

import pytest
from aiohttp import web

from tests.gateway.conftest import running_gateway
from tests.gateway.operator import Visit, token_for
from tests.gateway.stand_in import Garbage, StandIn, answering

JOURNAL = "/v1/journals/11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
async def council(operator):
    organisation = await operator.organisation("Council of journals")
    await operator.partnership(commissioner=organisation)
    return organisation


@pytest.fixture(scope="module")
async def client(operator, council):
    return await operator.client(council)


@pytest.fixture
def budget(behind):
    behind["budget"].does(answering({"id": "x"}, ETag='"1"'))
    return behind["budget"]


async def raw(app, method: str, raw_path: bytes, headers=(), query: bytes = b"", body: bytes = b""):
    """A request as no client library would send it: the path goes in byte by byte."""
    sent = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1"), *headers],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 8000),
    }
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    content = b"".join(each.get("body", b"") for each in sent[1:])
    return start["status"], dict(start["headers"]), content


def bearer(client):
    return (b"authorization", f"Bearer {client.visit.token}".encode())


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


async def test_a_caller_hears_nothing_from_a_service_but_what_is_allowed(client, budget):
    budget.does(
        answering({}, Set_Cookie="a=b", Server="x", X_Powered_By="y", X_Caller_Assertion="z", Location="https://evil.example/",
                  Access_Control_Allow_Origin="*", Content_Security_Policy="none")
    )  # fmt: skip
    answer = await client.visit.get(JOURNAL)
    assert answer.status_code == 200
    for name in (
        "Set-Cookie",
        "X-Powered-By",
        "X-Caller-Assertion",
        "Location",
        "Access-Control-Allow-Origin",
    ):
        assert name not in answer.headers
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


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


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text/plain", b"{}", (415, "media_type_unsupported")),
        (None, b"{}", (415, "media_type_unsupported")),
        ("application/xml", b"<a/>", (415, "media_type_unsupported")),
        ("application/json; charset=utf-16", b"{}", (415, "media_type_unsupported")),
        ("application/x-www-form-urlencoded", b"a=b", (415, "media_type_unsupported")),
        ("application/json", b"[" * 21 + b"]" * 21, (400, "body_too_deep")),
        ("application/json", b'{"a":' * 21 + b"1" + b"}" * 21, (400, "body_too_deep")),
        ("application/json", b'"' + b"x" * (1024 * 1024) + b'"', (413, "body_too_large")),
    ],
)
async def test_a_body_of_another_kind_size_or_depth_is_refused(client, budget, kind, content, expected):
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.visit.put(JOURNAL, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert not budget.heard


async def test_brackets_within_texts_are_no_depth(client, budget):
    body = json.dumps({"narrative": "[" * 50 + '\\"{' * 50, "list": [[1], [2]] * 30})
    answer = await client.visit.put(
        JOURNAL, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert answer.status_code == 200
    assert budget.heard[0].body.decode() == body


async def test_an_encoded_body_is_refused(client, budget):
    answer = await client.visit.put(
        JOURNAL, content=b"x", headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")
    assert not budget.heard


async def test_a_body_without_a_length_has_the_same_limit(client, budget):
    async def endless():
        for _ in range(2000):
            yield b"x" * 1024

    answer = await client.visit.put(JOURNAL, content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not budget.heard


async def test_a_csv_import_goes_through_while_it_comes(client, behind):
    behind["contracts"].does(answering({"taken": 2}, status=201))
    lines = b"reference,title\n" + b"PCC-1,Advocacy\n" * 200_000

    async def pieces():
        for start in range(0, len(lines), 65536):
            yield lines[start : start + 65536]

    answer = await client.visit.post(
        "/v1/register-imports", content=pieces(), headers={"Content-Type": "text/csv; charset=utf-8"}, key="import-0001-register"
    )  # fmt: skip
    assert (answer.status_code, answer.json()) == (201, {"taken": 2})
    assert behind["contracts"].heard[0].body == lines
    json_sent = await client.visit.post("/v1/register-imports", json={}, key="import-0002-register")
    assert json_sent.status_code == 415


async def test_a_csv_import_beyond_its_limit_is_cut_off(client, behind, monkeypatch):
    from services.gateway.pass_through import bodies
    from services.gateway.rules.policy import Takes

    monkeypatch.setitem(bodies._LARGEST, Takes.CSV, 1000)
    behind["contracts"].does(answering({}))

    async def pieces():
        for _ in range(10):
            yield b"x" * 500

    answer = await client.visit.post(
        "/v1/register-imports", content=pieces(), headers={"Content-Type": "text/csv"}, key="import-0003-register"
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_an_answer_of_any_size_streams_through(client, budget):
    async def large(request, _body):
        response = web.StreamResponse(headers={"Content-Type": "text/csv"})
        await response.prepare(request)
        for _ in range(64):
            await response.write(b"x" * 65536)
        await response.write_eof()
        return response

    budget.does(large)
    answer = await client.visit.get("/v1/journals")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv"
    assert len(answer.content) == 64 * 65536


async def test_a_304_has_no_body(client, budget):
    budget.does(answering(status=304, ETag='"1"'))
    answer = await client.visit.get(JOURNAL, headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"1"')
    assert budget.heard[0].headers["If-None-Match"] == '"1"'


@pytest.mark.parametrize("status", [400, 404, 409, 412, 422, 428, 429, 503])
async def test_a_problem_of_a_service_is_the_caller_s_to_read(client, budget, status):
    budget.does(answering({"code": "x", "status": status}, status=status, Retry_After="3"))
    answer = await client.visit.get(JOURNAL)
    assert (answer.status_code, answer.json()["code"]) == (status, "x")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    "answer",
    [
        answering({}, status=302, Location="/v1/x"),
        answering({}, status=401),
        answering({}, status=500, Content_Type="text/html"),
        answering({}, status=404, Content_Type="application/json"),
        answering({}, Content_Type="text/html"),
        answering({}, Content_Type="application/json; charset=latin-1"),
        answering({}, Content_Type=""),
    ],
)
async def test_an_answer_that_may_not_be_passed_on_is_a_502(client, budget, answer):
    budget.does(answer)
    told = await client.visit.get(JOURNAL)
    assert (told.status_code, told.json()["code"]) == (502, "answer_unreadable")
    assert told.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("service", ["budget", "contracts", "outcomes"])
async def test_a_role_decides_before_a_service_is_asked(operator, behind, service):
    trust = await operator.organisation(kind="nhs_provider")
    await operator.partnership(provider=trust)
    client = await operator.client(trust)
    write = {
        "budget": JOURNAL,
        "contracts": f"/v1/contracts/{uuid.uuid4()}",
        "outcomes": f"/v1/targets/{uuid.uuid4()}",
    }
    behind[service].does(answering({}))
    answer = await client.visit.put(write[service], json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert not behind[service].heard


async def test_the_operator_sees_no_domain_row(operator, behind):
    for service, path in (
        ("budget", JOURNAL),
        ("contracts", "/v1/contracts"),
        ("outcomes", "/v1/scorecards"),
    ):
        behind[service].does(answering({}))
        answer = await operator.visit.get(path)
        assert answer.status_code == 403
        assert not behind[service].heard


async def test_a_link_is_made_only_to_what_its_maker_can_read(client, behind):
    contract = f"/v1/contracts/{uuid.uuid4()}"
    mine, foreign = str(uuid.uuid4()), str(uuid.uuid4())

    async def pools(request, _body):
        there = request.path.endswith(mine)
        kind = "application/json" if there else "application/problem+json"
        return web.Response(body=b"{}", status=200 if there else 404, content_type=kind)

    behind["budget"].does(pools)
    behind["contracts"].does(answering({}, status=201))
    good = await client.visit.put(contract, json={"funding": [{"pool_id": mine}, {"pool_id": mine}]})
    assert good.status_code == 201
    assert [each.target for each in behind["budget"].heard] == [f"/v1/pools/{mine}"]
    behind["contracts"].does(answering({}, status=201))
    bad = await client.visit.put(contract, json={"funding": [{"pool_id": mine}, {"pool_id": foreign}]})
    assert (bad.status_code, bad.json()["code"]) == (422, "link_unknown")
    assert [each["pointer"] for each in bad.json()["errors"]] == ["/funding/1/pool_id"]
    assert not behind["contracts"].heard
    behind["budget"].does(answering({}, status=503))
    unsure = await client.visit.put(contract, json={"funding": [{"pool_id": mine}]})
    assert (unsure.status_code, unsure.json()["code"]) == (503, "link_unchecked")
    for harmless in ({}, {"funding": "x"}, {"funding": [1, None, {"pool_id": "x"}]}):
        assert (await client.visit.put(contract, json=harmless)).status_code == 201
    broken = await client.visit.put(contract, content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (400, "json_malformed")
    twice = f'{{"funding": [{{"pool_id": "{foreign}"}}], "funding": []}}'
    hidden = await client.visit.put(contract, content=twice, headers={"Content-Type": "application/json"})
    assert (hidden.status_code, hidden.json()["code"]) == (400, "json_malformed")
    many = {"funding": [{"pool_id": str(uuid.uuid4())} for _ in range(101)]}
    assert (await client.visit.put(contract, json=many)).json()["code"] == "links_too_many"


@pytest.fixture
async def own(stack, tmp_path, keys_dir, operator, council):
    """A gateway of one's own whose budget service a test may break."""
    (tmp_path / "o").mkdir()
    behind = {
        service: StandIn(service, tmp_path / service) for service in ("budget", "contracts", "outcomes")
    }
    client = await operator.client(council)
    async with running_gateway(stack, behind, keys_dir, tmp_path / "o") as app:
        token = (await token_for(app, client.id, client.secret)).json()["access_token"]
        async with Visit(app, token) as visit:
            yield behind, visit
    for each in behind.values():
        await each.stop()


async def test_a_service_that_is_not_there_is_a_503_and_soon_nobody_waits_for_it(own):
    behind, visit = own
    for _ in range(5):
        answer = await visit.get(JOURNAL)
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
        assert answer.headers["Retry-After"]
    started = time.monotonic()
    assert (await visit.get(JOURNAL)).json()["code"] == "service_unavailable"
    assert time.monotonic() - started < 0.1
    await behind["budget"].start()
    assert (await visit.get(JOURNAL)).status_code == 503
    await asyncio.sleep(2.1)
    assert (await visit.get(JOURNAL)).status_code == 200
    assert (await visit.get(JOURNAL)).status_code == 200


async def test_a_service_that_hangs_starves_nobody_else(own):
    behind, visit = own

    async def hangs(_request, _body):
        await asyncio.sleep(30)
        return web.Response()

    behind["outcomes"].does(hangs)
    for each in behind.values():
        await each.start()
    hanging = [asyncio.create_task(visit.get("/v1/targets/x")) for _ in range(10)]
    await asyncio.sleep(0.1)
    times = []
    for _ in range(20):
        started = time.monotonic()
        assert (await visit.get(JOURNAL)).status_code == 200
        times.append(time.monotonic() - started)
    assert max(times) < 0.5
    for answer in await asyncio.gather(*hanging):
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    for each in behind.values():
        each.does(answering({}))


async def test_a_write_that_is_cut_off_is_sent_again_only_when_it_counts_once(own):
    behind, visit = own
    calls = 0

    async def dies_once(request, _body):
        nonlocal calls
        calls += 1
        if calls == 1:
            request.transport.abort()
            await asyncio.sleep(0)
        return web.json_response({}, status=201)

    await behind["budget"].start()
    behind["budget"].does(dies_once)
    assert (await visit.put(JOURNAL, json={})).status_code == 201
    assert calls == 2
    calls = 0
    keyed = await visit.post(f"{JOURNAL}/reversal", json={}, key="reverse-this-one-01")
    assert (keyed.status_code, calls) == (201, 2)
    calls = 0
    bare = await visit.post(f"{JOURNAL}/reversal", json={})
    assert (bare.status_code, bare.json()["code"], calls) == (503, "outcome_unknown", 1)


async def test_a_write_whose_answer_is_late_has_an_unknown_outcome(own):
    behind, visit = own

    async def late(_request, _body):
        await asyncio.sleep(4)
        return web.json_response({}, status=201)

    await behind["budget"].start()
    behind["budget"].does(late)
    started = time.monotonic()
    answer = await visit.put(JOURNAL, json={})
    assert 2.9 < time.monotonic() - started < 3.6
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")


@pytest.mark.parametrize(
    "said",
    [
        b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\nA\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\nContent-Type: application/json\r\n\r\n{}",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.0\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: br\r\n\r\n{",
    ],
)  # fmt: skip
async def test_bytes_that_are_no_answer_never_become_one(stack, tmp_path, keys_dir, operator, council, said):
    (tmp_path / "o").mkdir()
    behind: dict[str, Any] = {"budget": Garbage(tmp_path / "b", said)}
    behind |= {service: StandIn(service, tmp_path / service) for service in ("contracts", "outcomes")}
    client = await operator.client(council)
    await behind["budget"].start()
    async with running_gateway(stack, behind, keys_dir, tmp_path / "o") as app:
        token = (await token_for(app, client.id, client.secret)).json()["access_token"]
        async with Visit(app, token) as visit:
            answer = await visit.get(JOURNAL)
            assert answer.status_code in {502, 503}
            assert answer.headers["Content-Type"] == "application/problem+json"
    await behind["budget"].stop()
