"""Services that are away, hang, break off or talk nonsense: nobody waits for long, and nothing is made up."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web

from services.gateway.admission.limits import AT_ONCE
from tests.gateway.by_hand import JOURNAL
from tests.gateway.conftest import running_gateway
from tests.gateway.people import Visit, token_for
from tests.gateway.stand_in import Garbage, StandIn, answering


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
    ends = [(each.status_code, each.json()["code"]) for each in await asyncio.gather(*hanging)]
    assert ends.count((503, "service_unavailable")) == AT_ONCE
    assert set(ends) == {
        (503, "service_unavailable"),
        (429, "queue_full"),
    }  # more than a client has places for
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
