"""Populations over HTTP that cannot be: grown beyond any people, or unlike the share that they are told to be."""

import pytest

from tests.outcomes.plymouth import Plymouth, put


@pytest.fixture(scope="module")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="module")
async def council(client_for, plymouth):
    return await client_for("outcomes", plymouth.callers["council"])


async def test_a_growth_beyond_any_population_and_a_projection_unlike_its_share_are_refused(
    council, plymouth
):
    where = {
        "partnership_id": str(plymouth.partnership),
        "area_code": "E06000044",
        "area_name": "Portsmouth",
        "basis": "resident",
        "at": "2012-02-29",
        "vintage": "Mid-2012 estimates",
        "source": "Office for National Statistics",
    }
    everybody = await put(council, "populations", {**where, "count": 200000})
    later = {**where, "vintage": "Projection", "at": "2016-02-29"}
    of_base = {"projected_from_id": everybody["id"], "growth_percent": "99999999999999"}
    for change in (of_base, {"count": 10**9, "growth_percent": "-99.999999"}):
        refused = await put(council, "populations", {**later, **change}, 422)
        assert refused["code"] == "population_growth_too_far", change
    older = {"age_band": "65-plus", "share_of_id": everybody["id"], "share_percent": "18"}
    base = await put(council, "populations", {**where, **older, "count": 36000})
    grown = {**later, **older, "projected_from_id": base["id"], "growth_percent": "50"}
    refused = await put(council, "populations", grown, 422)
    assert (refused["code"], refused["share_count"]) == ("population_share_disagrees", 36000)
