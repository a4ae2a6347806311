"""How much is too much: requests in a window, requests at once, and one client's flood beside another's trickle."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import pytest

from services.gateway.admission.limits import Fairness
from services.gateway.clients.breaker import Breaker
from shared.errors import Refusal
from tests.gateway.conftest import running_gateway
from tests.gateway.people import Visit, token_for


async def test_a_window_of_requests_is_counted_for_each_client_and_each_address(
    stack, behind, keys_dir, tmp_path, operator
):
    council = await operator.organisation()
    one, other = await operator.client(council), await operator.client(council)
    limits = {"GATEWAY_CLIENT_RATE": "5/minute", "GATEWAY_TOKEN_RATE": "4/minute"}
    async with running_gateway(stack, behind, keys_dir, tmp_path, **limits) as app:
        tokens = [
            (await token_for(app, each.id, each.secret)).json()["access_token"] for each in (one, other)
        ]
        async with Visit(app, tokens[0]) as visit:
            for left in (4, 3, 2, 1, 0):
                answer = await visit.get("/v1/me")
                assert answer.status_code == 200
                assert answer.headers["RateLimit-Limit"] == "5"
                assert answer.headers["RateLimit-Remaining"] == str(left)
                assert 0 <= int(answer.headers["RateLimit-Reset"]) <= 60
            refused = await visit.get("/v1/me")
            assert (refused.status_code, refused.json()["code"]) == (429, "rate_exceeded")
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
        async with Visit(app, tokens[1]) as visit:
            assert (await visit.get("/v1/me")).status_code == 200
        answers = [await token_for(app, one.id, "wrong") for _ in range(3)]
        assert [each.status_code for each in answers] == [401, 401, 429]


async def test_one_client_waits_behind_itself_and_not_in_front_of_others():
    fairness = Fairness(at_once=2, waiting=3)
    flooder, other = uuid4(), uuid4()
    running = asyncio.Event()

    async def request():
        async with fairness.place(flooder):
            await running.wait()

    tasks = [asyncio.create_task(request()) for _ in range(5)]
    await asyncio.sleep(0.01)
    with pytest.raises(Refusal) as refused:
        async with fairness.place(flooder):
            pass
    assert refused.value.code == "queue_full"
    started = time.monotonic()
    async with fairness.place(other):
        assert time.monotonic() - started < 0.05
    running.set()
    await asyncio.gather(*tasks)
    async with fairness.place(flooder):
        pass
    assert not fairness.clients


async def test_waiting_ends_with_a_refusal(monkeypatch):
    monkeypatch.setattr("services.gateway.admission.limits.WAIT_SECONDS", 0.05)
    fairness = Fairness(at_once=1, waiting=5)
    client = uuid4()
    async with fairness.place(client):
        with pytest.raises(Refusal) as refused:
            async with fairness.place(client):
                pass
    assert refused.value.code == "queue_full"
    assert not fairness.clients


def test_a_breaker_opens_after_five_failures_and_lets_one_call_try():
    breaker = Breaker()
    for second in range(4):
        breaker.failed(second)
        assert breaker.allows(second)
    breaker.failed(4)
    assert breaker.is_open
    assert not breaker.allows(5)
    assert breaker.allows(6.1)
    assert not breaker.allows(6.2)
    breaker.failed(6.3)
    assert not breaker.allows(8.2)
    assert breaker.allows(8.4)
    breaker.succeeded()
    assert breaker.allows(8.5)


def test_failures_that_lie_far_apart_do_not_open_a_breaker():
    breaker = Breaker()
    for second in range(0, 60, 3):
        breaker.failed(second)
        assert not breaker.is_open
    breaker.succeeded()
    for second in (100, 101, 102, 103):
        breaker.failed(second)
    assert not breaker.is_open
