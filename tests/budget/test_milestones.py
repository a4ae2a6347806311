"""Milestones over HTTP: planned to the month, reached in another, and the stage of integration that began with it."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


async def plan(place, client=None, **changes):
    body = {
        "partnership_id": str(place.partnership),
        "agreement_id": str(place.agreement),
        "name": "Integrated commissioning function in place",
        "planned": "2015-03",
        "source": "Business case of June 2014",
        "stage": "pooled_same_employers",
        **changes,
    }
    return await (client or place.pcc).put(f"/v1/milestones/{uuid.uuid4()}", json=body)


async def reach(place, milestone, client=None, **changes):
    body = {"reached": "2015-04", "source": "Partnership paper of 2018", **changes}
    path = f"/v1/milestones/{milestone['id']}/reached"
    return await (client or place.pcc).post(path, json=body, key=key(), version=milestone["version"])


@pytest.mark.row("S3-G12", "S1-B05")
async def test_the_function_was_planned_for_march_and_formed_in_april(place):
    planned = made(await plan(place))
    assert (planned["planned"], planned["stage"], planned["months_late"]) == (
        "2015-03",
        "pooled_same_employers",
        None,
    )
    reached = made(await reach(place, planned))
    assert (reached["planned"], reached["reached"], reached["months_late"]) == ("2015-03", "2015-04", 1)
    assert code_of(await reach(place, reached)) == "milestone_reached_already"
    assert made(await place.ccg.get(f"/v1/milestones/{planned['id']}")) == reached


@pytest.mark.row("S3-G09")
async def test_a_month_stays_a_month(place):
    april = made(await plan(place, name="Start", planned="2019-04", stage=None))
    assert april["planned"] == "2019-04"
    to_the_day = made(await reach(place, april, reached="2019-02-28"))
    assert to_the_day["months_late"] == -2
    year = made(await plan(place, name="Somewhen", planned="2020"))
    assert made(await reach(place, year, reached="2020-12"))["months_late"] is None
    for odd in ("2019-13", "2019-02-29", "April 2019", "2019-4", "19-04", "0999"):
        refused = await plan(place, planned=odd)
        assert (refused.status_code, code_of(refused)) == (422, "when_unreadable"), odd
        assert refused.json()["errors"][0]["pointer"] == "/planned"
    assert made(await plan(place, planned="2020-02-29"))["planned"] == "2020-02-29"


async def test_who_plans_and_who_says_that_it_was_reached(place):
    planned = made(await plan(place))
    assert code_of(await reach(place, planned, place.ccg)) == "milestone_of_another"
    future = await reach(place, planned, reached="2199-01")
    assert (code_of(future), future.json()["errors"][0]["pointer"]) == ("milestone_to_come", "/reached")
    third = await place.client(commissioner=place.partnership)
    assert code_of(await plan(place, third)) == "agreement_not_a_party"
    unknown = await plan(place, agreement_id=str(uuid.uuid4()))
    assert (code_of(unknown), unknown.json()["errors"][0]["pointer"]) == (
        "agreement_unknown",
        "/agreement_id",
    )
    params = {"partnership_id": str(place.partnership), "agreement_id": str(place.agreement)}
    listed = (await place.ccg.get("/v1/milestones", params=params)).json()["items"]
    assert [each["id"] for each in listed] == [planned["id"]]
    auditor = await place.auditor([place.council])
    assert (await auditor.get(f"/v1/milestones/{planned['id']}")).status_code == 200
    for standing in ("provider", "observer", "associate"):
        other = await place.client(**{standing: place.partnership})
        await assert_hidden(other, f"/v1/milestones/{planned['id']}", "/v1/milestones", place.partnership)
    foreign = await place.client(commissioner=uuid.uuid4())
    await assert_hidden(foreign, f"/v1/milestones/{planned['id']}", "/v1/milestones", place.partnership)
    assert code_of(await plan(place, foreign)) == "partnership_unknown"
