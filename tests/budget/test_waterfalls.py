"""Funding waterfalls over HTTP: Southampton's unit of 2013, its sources in order and the contingency's approval."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.stack import a_caller

CONTINGENCY = "General Fund Revenue Budget contingency"


def waterfall(
    place, existing: int | None = 20_000_00, savings=10_000_00, contingency=1_000_000_00, **need
) -> dict:
    def money(pence):
        return {"amount_pence": pence, "status": "tbc" if pence is None else "estimate"}

    return {
        "partnership_id": str(place.partnership),
        "title": "Integrated commissioning unit",
        "financial_year": "2013/14",
        "need": {
            "annual_pence": 181_600_00,
            "begins_on": "2013-11-01",
            "convention": "twelfths",
            "share_percent": 50,
            **need,
        },
        "sources": [
            {"name": "Existing resources", "available": money(existing)},
            {"name": "Savings delivered in the year", "available": money(savings)},
            {"name": CONTINGENCY, "available": money(contingency), "needs_approval": True},
        ],
    }


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


async def plan(place, client=None, body=None):
    return await (client or place.pcc).put(f"/v1/waterfalls/{uuid.uuid4()}", json=body or waterfall(place))


async def approve(place, planned, decision, client=None, source=CONTINGENCY):
    return await (client or place.pcc).post(
        f"/v1/waterfalls/{planned['id']}/source-approval",
        json={"source": source, "decision_id": decision["id"]},
        key=key(),
        version=planned["version"],
    )


async def decide(place, planned, client=None, **changes):
    subject = {
        "subject": "budget",
        "subject_id": planned["id"],
        "subject_title": "Contingency",
        "edition": None,
    }
    return await place.decide(client or place.pcc, "Cabinet", "2013-10-15", **{**subject, **changes})


def drawn(planned) -> list[int]:
    return [each["drawn_pence"] for each in planned["funding"]["draws"]]


@pytest.mark.row("S4-B07")
@pytest.mark.parametrize(
    ("need", "pence"),
    [
        ({}, 37_833_33),
        ({"convention": "days"}, 37_563_84),
        ({"share_percent": 100}, 75_666_67),
        ({"begins_on": None, "convention": None}, 90_800_00),
    ],
)
async def test_the_part_year_need_says_its_convention(place, need, pence):
    assert made(await plan(place, body=waterfall(place, **need)))["need_pence"] == pence


@pytest.mark.row("S4-B07")
async def test_the_contingency_is_drawn_last_and_only_by_a_decision_that_counts(place):
    planned = made(await plan(place))
    assert drawn(planned) == [20_000_00, 10_000_00, 0]
    assert (planned["funding"]["draws"][2]["stop"], planned["funding"]["unmet_pence"]) == (
        "approval_needed",
        7_833_33,
    )
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    for changes in ({"outcome": "deferred"}, {"call_in_ends_on": tomorrow}):
        weak = made(await decide(place, planned, **changes))
        refused = await approve(place, planned, weak)
        assert (refused.status_code, code_of(refused)) == (409, "waterfall_decision_not_in_effect")
        assert refused.json()["errors"][0]["pointer"] == "/decision_id"
    decision = made(await decide(place, planned))
    approved = made(await approve(place, planned, decision))
    assert drawn(approved) == [20_000_00, 10_000_00, 7_833_33]
    assert approved["funding"]["unmet_pence"] == 0
    assert approved["sources"][2]["decision_id"] == decision["id"]
    assert made(await place.ccg.get(f"/v1/waterfalls/{planned['id']}")) == approved
    assert code_of(await approve(place, approved, decision)) == "waterfall_source_not_for_approval"


async def test_nothing_behind_a_source_of_unknown_size_is_touched(place):
    found = made(await plan(place, body=waterfall(place, existing=None)))
    assert (drawn(found), found["funding"]["draws"][0]["stop"]) == ([0], "amount_unknown")


@pytest.mark.parametrize(
    ("need", "code", "pointer"),
    [
        ({"annual_pence": 0}, "waterfall_cost_negative", "/need/annual_pence"),
        ({"convention": None}, "waterfall_convention_needed", "/need/convention"),
        ({"begins_on": "2014-04-01"}, "waterfall_begins_outside_year", "/need/begins_on"),
        ({"share_percent": 101}, "waterfall_share_out_of_range", "/need/share_percent"),
    ],
)
async def test_a_need_that_does_not_hold_together_is_refused(place, need, code, pointer):
    refused = await plan(place, body=waterfall(place, **need))
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)


async def test_sources_are_named_once_and_hold_something(place):
    body = waterfall(place)
    twice = {**body, "sources": [*body["sources"], body["sources"][0]]}
    for wrong, code, pointer in (
        (twice, "waterfall_source_twice", "/sources/3/name"),
        ({**body, "sources": []}, "waterfall_no_sources", "/sources"),
        (waterfall(place, savings=-1), "waterfall_available_negative", "/sources/1/available/amount_pence"),
    ):
        refused = await plan(place, body=wrong)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)


async def test_only_the_owner_approves_by_its_own_decision_on_this_plan(place):
    planned = made(await plan(place))
    theirs = made(await decide(place, planned, client=place.ccg))
    assert code_of(await approve(place, planned, theirs)) == "waterfall_decision_unknown"
    elsewhere = made(await decide(place, planned, subject_id=str(uuid.uuid4())))
    assert code_of(await approve(place, planned, elsewhere)) == "waterfall_decision_unknown"
    assert code_of(await approve(place, planned, {"id": str(uuid.uuid4())})) == "waterfall_decision_unknown"
    own = made(await decide(place, planned))
    assert code_of(await approve(place, planned, own, client=place.ccg)) == "waterfall_owner_approves"
    assert code_of(await approve(place, planned, own, source="Loan")) == "waterfall_source_unknown"
    stale = await approve(place, {**planned, "version": 7}, own)
    assert stale.status_code == 412


async def test_plans_are_listed_for_partners_and_hidden_from_others(place):
    planned = made(await plan(place))
    query = {"partnership_id": str(place.partnership), "financial_year": "2013-14"}
    listed = made(await place.ccg.get("/v1/waterfalls", params=query))
    assert [each["id"] for each in listed["items"]] == [planned["id"]]
    for standing in ({}, {"provider": place.partnership}, {"observer": place.partnership}):
        stranger = await place.client_for("budget", a_caller(scopes="budget:read budget:write", **standing))
        await assert_hidden(stranger, f"/v1/waterfalls/{planned['id']}", "/v1/waterfalls", place.partnership)
        assert code_of(await plan(place, stranger)) == "partnership_unknown"
        assert (await approve(place, planned, {"id": str(uuid.uuid4())}, stranger)).status_code == 404
