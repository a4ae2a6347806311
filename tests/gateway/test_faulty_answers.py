"""Answers of a service that must not go on: wrong kinds, too much, too slow, broken off. Nothing of them gets out."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from services.gateway.clients import answers
from shared.errors import Refusal
from tests.gateway.by_hand import JOURNAL, bearer, raw
from tests.gateway.stand_in import answering

CANARY = "Traceback (most recent call last): /srv/secret.py"


def html(status: int):
    async def answer(_request, _body):
        return web.Response(text=f"<html>{CANARY}</html>", status=status, content_type="text/html")

    return answer


def saying(status: int, kind: str = "application/json", **headers: str):
    async def answer(_request, _body):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=CANARY.encode(), status=status, headers={"Content-Type": kind, **named})

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        html(200), html(404), html(500), html(503),
        saying(301, Location="https://elsewhere.example/"), saying(302, Location="/v1/journals"), saying(307),
        saying(401, "application/problem+json"), saying(400), saying(422), saying(500), saying(200, "text/plain"),
        saying(200, "application/octet-stream"), saying(200, "application/xml"), saying(200, "application/json; charset=utf-16"),
        saying(200, "application/json", Content_Encoding="identity"), saying(206, "multipart/byteranges"),
    ],
)  # fmt: skip
async def test_an_answer_of_the_wrong_kind_is_a_502_that_tells_nothing(client, budget, answer):
    budget.does(answer)
    for told in (await client.visit.get(JOURNAL), await client.visit.put(JOURNAL, json={})):
        assert (told.status_code, told.json()["code"]) == (502, "answer_unreadable")
        assert CANARY not in told.text
        assert "location" not in told.headers


async def test_headers_of_a_service_stay_inside_but_for_the_few(client, budget):
    budget.does(answering({}, 200, Set_Cookie="a=b", Server="uvicorn", X_Powered_By="x", X_Internal="y", ETag='"1"',
                          Location="https://elsewhere.example/", Access_Control_Allow_Origin="*"))  # fmt: skip
    answer = await client.visit.get(JOURNAL)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    inside = {"set-cookie", "server", "x-powered-by", "x-internal", "location", "access-control-allow-origin"}
    assert not inside & set(answer.headers)


async def streaming(request, parts: int, pause: float = 0.0, size: int = 64 * 1024):
    response = web.StreamResponse(headers={"Content-Type": "text/csv"})
    await response.prepare(request)
    for _ in range(parts):
        await response.write(b"x" * size)
        await asyncio.sleep(pause)
    await response.write_eof()
    return response


async def test_an_answer_without_an_end_is_cut_off(client, budget, monkeypatch):
    """The 256 MiB are a few here; a caller sees a broken answer and never a short one that looks whole."""
    monkeypatch.setattr(answers, "LARGEST_BYTES", 1024 * 1024)

    async def endless(request, _body):
        return await streaming(request, 1000)

    budget.does(endless)
    with pytest.raises(Refusal) as cut:
        await raw(client.visit.app, "GET", JOURNAL.encode(), [bearer(client)])
    assert cut.value.code == "answer_unreadable"


async def test_a_drip_is_cut_off_when_its_time_is_over(client, budget, monkeypatch):
    real = answers.parts
    monkeypatch.setattr("services.gateway.pass_through.onward.parts", lambda response, _: real(response, 0.3))

    async def drip(request, _body):
        return await streaming(request, 1000, 0.05, 1)

    budget.does(drip)
    started = time.monotonic()
    with pytest.raises(Refusal) as cut:
        await raw(client.visit.app, "GET", JOURNAL.encode(), [bearer(client)])
    assert cut.value.code == "service_unavailable"
    assert time.monotonic() - started < 2


async def test_a_write_is_never_sent_twice_by_itself(client, budget):
    """Without a key a write goes once, whatever happens; with one it goes twice at most."""
    calls = 0

    async def dies(request, _body):
        nonlocal calls
        calls += 1
        request.transport.abort()
        await asyncio.sleep(0)
        return web.Response()

    budget.does(dies)
    for key, most in ((None, 1), ("a-key-of-its-own-0001", 2)):
        calls = 0
        answer = await client.visit.post(f"{JOURNAL}/reversal", json={}, key=key)
        assert (answer.status_code, answer.json()["code"], calls) == (503, "outcome_unknown", most)
    calls = 0
    answer = await client.visit.get(JOURNAL)
    assert (answer.status_code, answer.json()["code"], calls) == (503, "service_unavailable", 2)
    budget.does(answering({}))
    await asyncio.sleep(2.1)  # the breaker lets one call try again
    assert (await client.visit.get(JOURNAL)).status_code == 200


async def test_a_deadline_goes_along_and_one_from_outside_does_not(client, budget):
    await client.visit.get(JOURNAL, headers={"X-Request-Deadline": "999999"})
    assert budget.heard[-1].headers["X-Request-Deadline"] == "3000"
