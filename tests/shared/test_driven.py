"""Operations that only the gateway calls: its errand opens one door at one address, and nothing else opens it."""

import time
import uuid
from dataclasses import replace
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from joserfc.jwk import ECKey, KeySet

from shared.caller import DRIVE, AssertionVerifier, Caller, Errand, from_claims, mint_assertion, to_claims
from shared.web.answers import JSON
from shared.web.app import hang
from shared.web.doors import Door, driven, may
from shared.web.problem import install
from tests.stack import ISSUER, a_caller

KEYS = KeySet([ECKey.generate_key("P-256", {"kid": "one"})])
THING = f"/v1/things/{uuid.uuid4()}"
SEEN = {"approvals": [{"decision_id": "x", "limit_pence": 100}]}
router = APIRouter()


@router.put("/v1/things/{id}", operation_id="keepThing")
async def keep(door: Annotated[Door, driven("keepThing")]) -> Response:
    return Response(repr(door.caller.errand.seen), media_type=JSON)


@router.get("/v1/things/{id}", operation_id="getThing")
async def get(door: Annotated[Door, may("thing:read")]) -> Response:
    return Response("{}", media_type=JSON)


@pytest.fixture(scope="module")
def app():
    made = FastAPI()
    made.state.verifier = AssertionVerifier("budget", ISSUER, lambda: KEYS)
    made.state.db = None
    install(made)
    hang(made, router)
    return made


def on(operation: str = "keepThing", target: str = THING, scopes: str = DRIVE, **changes) -> Caller:
    return replace(a_caller(scopes=scopes), errand=Errand(operation, target, SEEN), **changes)


async def send(app, caller: Caller, method: str = "PUT", target: str = THING, keys: KeySet = KEYS):
    assertion = mint_assertion(caller, "budget", ISSUER, keys, int(time.time()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://budget") as client:
        return await client.request(method, target, headers={"X-Caller-Assertion": assertion})


async def test_the_gateway_s_errand_opens_the_door_and_says_what_it_saw(app):
    answer = await send(app, on())
    assert (answer.status_code, answer.text) == (200, repr(SEEN))


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (on(operation="getThing"), 401),
        (on(operation=""), 401),
        (on(target=f"/v1/things/{uuid.uuid4()}"), 401),
        (on(target=THING.upper()), 401),
        (on(target=""), 401),
        (a_caller(scopes=DRIVE), 401),  # the scope alone is no errand
        (on(scopes="thing:read"), 403),  # and an errand without the scope is none
        (a_caller(scopes="thing:read thing:write"), 403),
    ],
)
async def test_nothing_else_opens_it(app, caller, status):
    answer = await send(app, caller)
    assert answer.status_code == status
    assert answer.json()["code"] == {401: "caller_unverified", 403: "scope_missing"}[status]


async def test_an_errand_signed_by_another_s_key_opens_nothing(app):
    others = KeySet([ECKey.generate_key("P-256", {"kid": "one"})])
    assert (await send(app, on(), keys=others)).status_code == 401


async def test_an_errand_opens_no_door_that_is_there_for_clients(app):
    assert (await send(app, on(operation="getThing"), "GET")).status_code == 403
    assert (await send(app, a_caller(scopes="thing:read"), "GET")).status_code == 200


def test_an_errand_goes_through_the_claims_whole():
    caller = on()
    assert from_claims(to_claims(caller)) == caller
    assert "errand" not in to_claims(replace(caller, errand=None))


@pytest.mark.parametrize("errand", [[], ["keepThing"], ["keepThing", THING, []], [1, THING, {}], "abc", None])
def test_a_claim_of_another_shape_is_no_errand(errand):
    with pytest.raises((TypeError, ValueError)):
        from_claims({**to_claims(on()), "errand": errand})
