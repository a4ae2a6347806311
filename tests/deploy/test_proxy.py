"""What the reverse proxy passes on, what it refuses, and in which words."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from shared.errors import REASONS
from shared.web.problem import STATUS
from tests.deploy.conftest import Proxy
from tests.deploy.http_by_hand import Answer, ask, get, post

MEBIBYTE = 1024 * 1024
ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
MADE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}")


def problem(answer: Answer, status: int) -> dict:
    """The problem of an answer of the proxy's own, after a look at all that every one of them must have."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["server"] == "nginx"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "instance", "request_id", "code", "errors"}
    assert told["status"] == status
    if told["type"] != "about:blank":
        known = REASONS[told["code"]]
        assert told["type"] == f"/errors/{known.code}"
        assert told["detail"] == known.sentence
        assert STATUS[known.kind] == status
    assert told["request_id"] == answer.headers["x-request-id"]
    assert told["detail"].endswith(".")
    return told


async def test_a_request_passes_with_its_ids_and_an_address_that_it_cannot_forge(proxy: Proxy):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    forged = "198.51.100.7"
    answer = await ask(
        proxy.port,
        get(
            "/v1/pools//a%2Fb?limit=5",
            f"X-Request-ID: {ID}",
            "X-Correlation-ID: cor-1",
            f"traceparent: {trace}",
            "Authorization: Bearer t0ken",
            f"X-Forwarded-For: {forged}",
            f"X-Real-IP: {forged}",
            f"Forwarded: for={forged}",
            "X-Forwarded-Host: evil.example",
            "X-Request-Deadline: 9999999999",
        ),
        address="127.0.3.9",
    )
    assert answer.status == 200
    assert answer.json()["path"] == "/v1/pools//a%2Fb?limit=5"
    assert answer.headers["server"] == "nginx"
    [request] = proxy.gateway.seen
    assert request.headers["x-request-id"] == ID
    assert request.headers["x-correlation-id"] == "cor-1"
    assert request.headers["traceparent"] == trace
    assert request.headers["authorization"] == "Bearer t0ken"
    assert request.headers["host"] == "api.example.org"
    assert request.headers["x-forwarded-for"] == "127.0.3.9"
    assert request.headers["x-forwarded-proto"] == "http"
    assert not {"x-real-ip", "forwarded", "x-forwarded-host", "x-request-deadline"} & set(request.headers)
    assert forged not in json.dumps(request.headers)


async def lines(proxy: Proxy, number: int) -> list[dict]:
    """The log, once it has this many lines (nginx writes them after the answer)."""
    for _ in range(500):
        if proxy.log().count("\n") >= number:
            break
        await asyncio.sleep(0.01)
    return [json.loads(line) for line in proxy.log().splitlines()]


async def test_a_request_without_an_id_gets_one_and_the_log_has_no_secret(proxy: Proxy):
    for path in ["/v1/pools", "/broken"]:
        await ask(proxy.port, get(f"{path}?client_secret=s3cret", "Authorization: Bearer t0ken"))
    told = await lines(proxy, 2)
    assert [request.path.partition("?")[0] for request in proxy.gateway.seen] == ["/v1/pools", "/broken"]
    for line, request in zip(told, proxy.gateway.seen, strict=True):
        assert MADE.fullmatch(request.headers["x-request-id"])
        assert line["request_id"] == request.headers["x-request-id"]
    assert [(line["path"], line["status"]) for line in told] == [("/v1/pools", 200), ("/broken", 502)]
    assert "s3cret" not in proxy.log()
    assert "t0ken" not in proxy.log()


async def test_a_malformed_id_goes_to_the_gateway_but_never_into_the_proxys_own_answer(proxy: Proxy):
    bad = 'x"},{"a":"<script>'
    await ask(proxy.port, get("/v1/pools", f"X-Request-ID: {bad}"))
    assert proxy.gateway.seen[0].headers["x-request-id"] == bad
    answer = await ask(proxy.port, post("/v1/pools", b"x" * (MEBIBYTE + 1), f"X-Request-ID: {bad}"))
    told = problem(answer, 413)
    assert MADE.fullmatch(told["request_id"])


async def test_bodies_end_at_one_mebibyte_but_for_csv_imports(proxy: Proxy):
    whole = await ask(proxy.port, post("/v1/journals", b"x" * MEBIBYTE))
    assert whole.json()["body_bytes"] == MEBIBYTE
    over = await ask(proxy.port, post("/v1/journals", b"x" * (MEBIBYTE + 1), f"X-Request-ID: {ID}"))
    assert problem(over, 413)["request_id"] == ID
    assert over.json()["instance"] == "/v1/journals"
    chunks = b"%x\r\n%s\r\n" % (MEBIBYTE + 1, b"x" * (MEBIBYTE + 1)) + b"0\r\n\r\n"
    head = b"POST /v1/journals HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    problem(await ask(proxy.port, head + chunks), 413)
    for path in ["/v1/register-imports?dry_run=true", "/v1/ledger-imports", "/v1/return-imports/7"]:
        taken = await ask(proxy.port, post(path, b"x" * (2 * MEBIBYTE)))
        assert taken.json() == {"path": path, "body_bytes": 2 * MEBIBYTE}
    too_much = (
        get("/v1/register-imports")
        .replace(b"GET", b"POST")
        .replace(b"Connection", f"Content-Length: {1024 * MEBIBYTE + 1}\r\nConnection".encode())
    )
    problem(await ask(proxy.port, too_much), 413)
    assert len(proxy.gateway.seen) == 4


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\n", 400),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ],
)
async def test_what_is_not_http_is_refused_in_the_words_of_every_other_refusal(
    proxy: Proxy, raw: bytes, status: int
):
    problem(await ask(proxy.port, raw), status)
    assert proxy.gateway.seen == []


async def test_the_proxys_health_is_asked_inside_its_container_only(proxy: Proxy):
    assert (await ask(proxy.health_port, get("/live"))).status == 204
    assert (await ask(proxy.health_port, get("/v1/pools"))).status == 404


async def test_a_gateway_that_breaks_off_is_told_in_a_problem(proxy: Proxy):
    told = await ask(proxy.port, get("/broken", "X-Correlation-ID: order-7"))
    assert problem(told, 502)["type"] == "about:blank"
    assert told.json()["instance"] == "/broken"
    assert told.headers["x-correlation-id"] == "order-7"
    assert told.headers["retry-after"] == "5"
    assert proxy.gateway.paths() == ["/broken"], "the proxy sent it again by itself"


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x=1", "//metrics", "/%6detrics", "/./metrics"])
async def test_counts_of_the_gateway_are_not_for_the_outside(proxy: Proxy, path: str):
    told = problem(await ask(proxy.port, get(path)), 404)
    assert told["code"] == "no_such_address"
