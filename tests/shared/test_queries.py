"""Query parameters: what an address does not take is refused by name, wherever it stands."""

import uuid

import pytest
from fastapi.routing import APIRoute

from shared.web.queries import KnownQuery
from tests.architecture.doors import app_of
from tests.architecture.sources import SERVICES
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def budget(client_for):
    return await client_for("budget", a_caller(scopes="budget:read", commissioner=uuid.uuid4()))


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("partnershp_id=5f0c9a52-6d0e-4b0b-8d3e-6a1f3c2b7e10", "?partnershp_id", "extra_forbidden"),
        ("limit=5&Limit=5", "?Limit", "extra_forbidden"),
        ("limit=5&limit=6", "?limit", "parameter_twice"),
        ("x", "?x", "extra_forbidden"),
        ("=x", "?", "extra_forbidden"),
        ("%6c%69mit=5&limit=5", "?limit", "parameter_twice"),
        ("limit[]=5", "?limit[]", "extra_forbidden"),
    ],
)
async def test_a_parameter_that_is_not_taken_is_named(budget, query, pointer, code):
    place = "partnership_id=5f0c9a52-6d0e-4b0b-8d3e-6a1f3c2b7e10"
    assert (await budget.get(f"/v1/pools?{place}&limit=5")).status_code == 200
    answer = await budget.get(f"/v1/pools?{place}&{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)


async def test_a_flood_of_names_makes_a_short_answer(budget):
    answer = await budget.get("/v1/pools?" + "&".join(f"a{n}=1" for n in range(3000)))
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 100)


@pytest.mark.parametrize("service", SERVICES)
def test_every_door_of_every_service_asks(service):
    doors = [each for each in app_of(service).router.routes if isinstance(each, APIRoute)]
    assert len(doors) > 10
    assert [each.path for each in doors if not isinstance(each.app, KnownQuery)] == []
