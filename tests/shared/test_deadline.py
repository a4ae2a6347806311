"""The deadline that comes with a call: a service stops when nobody waits any more, and leaves nothing half done."""

import asyncio
import time
import uuid

import httpx
import pytest
from fastapi import FastAPI, Response
from starlette.responses import StreamingResponse

from shared.metrics import Metrics
from shared.web.traffic import Traffic
from tests.budget.place import Place
from tests.gateway.by_hand import raw


@pytest.fixture
def app():
    made = FastAPI()
    made.state.ended = []

    @made.get("/slow")
    @made.post("/slow")
    async def slow() -> Response:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            made.state.ended.append("cancelled")
            raise
        return Response(b"{}")

    @made.get("/streamed")
    async def streamed() -> Response:
        async def parts():
            for part in (b"a", b"b", b"c"):
                yield part
                await asyncio.sleep(0.05)

        return StreamingResponse(parts(), media_type="text/csv")

    @made.get("/late")
    async def late() -> Response:
        raise TimeoutError("of its own")

    made.add_middleware(Traffic, service="budget", metrics=Metrics("budget"))
    return made


@pytest.mark.parametrize(("method", "code"), [("GET", b"deadline_passed"), ("POST", b"outcome_unknown")])
async def test_what_comes_too_late_is_given_up(app, method, code):
    started = time.monotonic()
    status, headers, body = await raw(app, method, b"/slow", [(b"x-request-deadline", b"50")])
    assert time.monotonic() - started < 1
    assert (status, app.state.ended) == (503, ["cancelled"])
    assert code in body
    assert headers[b"retry-after"] == b"1"


@pytest.mark.parametrize("deadline", [b"0", b"-1", b"soon", b"1e9", b"99999999999", b""])
async def test_a_deadline_that_makes_no_sense_is_none(app, deadline):
    asked = asyncio.create_task(raw(app, "GET", b"/slow", [(b"x-request-deadline", deadline)]))
    await asyncio.sleep(0.1)
    assert not asked.done()
    asked.cancel()


async def test_an_answer_that_has_begun_goes_on(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://budget") as client:
        answer = await client.get("/streamed", headers={"X-Request-Deadline": "40"})
    assert (answer.status_code, answer.content) == (200, b"abc")


async def test_a_time_out_of_another_kind_stays_what_it_is(app):
    status, _, body = await raw(app, "GET", b"/late", [(b"x-request-deadline", b"5000")])
    assert status == 500
    assert b"internal_error" in body


async def test_a_write_that_is_given_up_leaves_nothing(client_for, stack):
    """Held up by a lock of another session, a write is rolled back when its deadline has passed."""
    place = await Place().enter(client_for)
    await place.draft()
    body = {
        "partnership_id": str(place.partnership),
        "agreement_id": str(place.agreement),
        "name": "Wellness",
        "category": "wellness",
        "arrangement": "shadow",
    }
    path = f"/v1/pools/{uuid.uuid4()}"
    connection = await stack.superuser()
    try:
        async with connection.transaction():
            await connection.execute(
                "select from budget.agreements where id = $1 for update", place.agreement
            )
            late = await place.pcc.put(path, json=body, headers={"X-Request-Deadline": "100"})
        assert (late.status_code, late.json()["code"]) == (503, "outcome_unknown")
        assert (
            await connection.fetchval(
                "select count(*) from budget.pools where agreement_id = $1", place.agreement
            )
            == 0
        )
    finally:
        await connection.close()
    again = await place.pcc.put(path, json=body)
    assert (again.status_code, "Idempotency-Replayed" in again.headers) == (201, False)
