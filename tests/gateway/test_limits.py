"""How much is too much: requests in a window, requests at once, and one client's flood beside another's trickle."""

from __future__ import annotations

import asyncio
import re
import time
from uuid import uuid4

import pytest

from services.gateway.admission.limits import Fairness
from services.gateway.clients.breaker import Breaker
from shared.errors import Refusal
from tests.gateway.conftest import running_gateway
from tests.gateway.people import Visit, token_for
from tests.gateway.stand_in import answering


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
                assert answer.headers["RateLimit-Policy"] == '"client";q=5;w=60'
                found = re.fullmatch(r'"client";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
                assert int(found[1]) == left
                assert 0 <= int(found[2]) <= 60
            refused = await visit.get("/v1/me")
            assert (refused.status_code, refused.json()["code"]) == (429, "rate_exceeded")
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
        async with Visit(app, tokens[1]) as visit:
            assert (await visit.get("/v1/me")).status_code == 200
        answers = [await token_for(app, one.id, "wrong") for _ in range(3)]
        assert [each.status_code for each in answers] == [401, 401, 429]


async def test_what_takes_long_has_a_limit_of_its_own_for_each_operation(
    stack, behind, keys_dir, tmp_path, operator
):
    council = await operator.organisation()
    await operator.partnership(commissioner=council)
    client = await operator.client(council)
    behind["budget"].does(answering({"items": []}))
    async with running_gateway(stack, behind, keys_dir, tmp_path, GATEWAY_LONG_RATE="2/minute") as app:
        token = (await token_for(app, client.id, client.secret)).json()["access_token"]
        async with Visit(app, token) as visit:
            path = "/v1/reports/section-75"
            for left in (1, 0):
                answer = await visit.get(path)
                assert answer.status_code == 200
                assert answer.headers["RateLimit-Policy"].endswith(', "long";q=2;w=60')
                assert f'"long";r={left};t=' in answer.headers["RateLimit"]
            refused = await visit.get(path)
            assert (refused.status_code, refused.json()["policy"]) == (429, "long")
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            assert (await visit.get("/v1/reports/better-care-fund")).status_code == 200
            assert (await visit.get("/v1/pools")).status_code == 200


async def test_long_requests_leave_the_places_of_short_ones_alone():
    fairness = Fairness(at_once=1, waiting=0, long_at_once=2)
    client = uuid4()
    async with fairness.place(client, long=True), fairness.place(client, long=True):
        with pytest.raises(Refusal):
            fairness.place(client, long=True)
        async with fairness.place(client):
            with pytest.raises(Refusal):
                fairness.place(client)
    assert not fairness.clients


async def test_a_client_s_places_at_one_service_are_not_those_at_another():
    fairness = Fairness(at_once=1, waiting=0)
    client = uuid4()
    async with fairness.place(client, "outcomes"):
        with pytest.raises(Refusal):
            fairness.place(client, "outcomes")
        async with fairness.place(client, "budget"):
            pass
    assert not fairness.clients


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
