"""What comes back from a service: what may be passed on goes on, and everything else is a 502."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.gateway.by_hand import JOURNAL
from tests.gateway.stand_in import answering


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
