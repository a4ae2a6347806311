"""The summary of a partnership's contracts, over HTTP: what it counts, what it does not know, and for whom."""

import pytest

from tests.architecture.doors import app_of
from tests.contracts.register import DAY, Place, registered, summary
from tests.contracts.test_releases import withheld


@pytest.fixture(scope="module")
async def portfolio(client_for):
    """Six contracts: values known and not, by the year and for the whole, with and without indicators."""
    place = Place()
    clients = {
        role: await client_for("contracts", place.caller(role))
        for role in ("ccg", "council", "pch", "scrutiny")
    }
    unknown = {"amount_pence": None, "status": "tbc"}
    contracts: tuple[tuple[str, dict], ...] = (
        ("ccg", {"title": "one"}),
        (
            "ccg",
            {
                "title": "two",
                "value": {"amount_pence": 100},
                "value_basis": "annual",
                "end_date": "2014-09-30",
            },
        ),
        ("ccg", {"title": "three", "value": unknown, "end_date": "2014-03-31", "indicator_ids": []}),
        ("council", {"title": "four", "category": "wellness", "end_date": None, "end_status": "open_ended"}),
        ("council", {"title": "five", "category": None, "value": unknown, "provider": "phnt"}),
    )
    for lead, changes in contracts:
        provider = changes.pop("provider", "pch")
        body = place.contract(lead, provider, state="recorded_as_active", **changes)
        await registered(clients[lead], body)
    await registered(clients["ccg"], place.contract(title="six", state="pipeline"))
    return place, clients


async def test_the_summary_counts_adds_up_and_says_what_is_not_known(portfolio):
    place, clients = portfolio
    made = await summary(clients["ccg"], place)
    assert (made["contracts"], made["running"]) == (6, 5)
    assert made["by_state"] == [
        {"state": "pipeline", "contracts": 1},
        {"state": "recorded_as_active", "contracts": 5},
    ]
    assert made["total"] == {
        "known_pence": 2 * 123456700,
        "complete": False,
        "contracts": 4,
        "unknown": 2,
        "missing_contributors": sorted([str(place.ccg), str(place.council)]),
    }
    assert made["annual"] == {
        "known_pence": 100,
        "complete": True,
        "contracts": 1,
        "unknown": 0,
        "missing_contributors": [],
    }
    assert {each["category"]: each["contracts"] for each in made["by_category"]} == {
        "wellness": 1,
        "community_intervention": 3,
        None: 1,
    }
    assert made["by_category"][-1]["total"]["known_pence"] is None
    assert [each["ends_on"] for each in made["ends_next"]] == ["2014-09-30", "2016-03-31", "2016-03-31"]
    assert made["ends_next"][0]["title"] == "two"
    assert made["past_end"] == 1


async def test_the_day_of_a_summary_moves_its_ends_only_and_its_document_says_so(portfolio):
    place, clients = portfolio
    now, later = [await summary(clients["ccg"], place, as_at=day) for day in ("2014-07-15", "2030-01-01")]
    assert (later["past_end"], later["ends_next"]) == (4, [])
    apart = {"as_at", "past_end", "ends_next"}
    assert {name for name in now if now[name] != later[name]} == apart
    document = app_of("contracts").openapi()
    (asked,) = [
        each
        for each in document["paths"]["/v1/contract-summaries"]["get"]["parameters"]
        if each["name"] == "as_at"
    ]
    answered = document["components"]["schemas"]["ContractSummaryOut"]["properties"]["as_at"]
    for each in (asked, answered):
        assert "States and values are those of today" in each["description"]


@pytest.mark.row("S4-C03")
async def test_running_contracts_without_an_outcome_are_counted(portfolio):
    place, clients = portfolio
    made = await summary(clients["council"], place)
    assert made["without_indicator"] == 1
    known = {each["field"]: (each["known"], each["contracts"]) for each in made["completeness"]}
    assert known["outcome_indicator"] == (4, 5)
    assert known["value"] == (3, 5)
    assert known["end_date"] == (5, 5)
    assert known["review_date"] == (0, 5)


async def test_a_summary_rests_on_what_the_caller_may_see(portfolio):
    place, clients = portfolio
    assert (await summary(clients["pch"], place))["contracts"] == 4
    observed = await summary(clients["scrutiny"], place)
    assert (observed["contracts"], observed["without_indicator"]) == (5, None)
    assert observed["by_state"] == [{"state": "active", "contracts": 5}]
    assert {"notice_period", "outcome_indicator"}.isdisjoint(
        each["field"] for each in observed["completeness"]
    )


async def test_nothing_to_add_up_is_no_known_value_rather_than_nought(portfolio, client_for):
    place, _ = portfolio
    phnt = await client_for("contracts", place.caller("phnt"))
    made = await summary(phnt, place)
    empty = {"known_pence": None, "complete": True, "contracts": 0, "unknown": 0, "missing_contributors": []}
    assert (made["contracts"], made["annual"]) == (1, empty)
    nothing = await summary(await client_for("contracts", place.caller("kernow")), place)
    assert (nothing["contracts"], nothing["total"], nothing["annual"]) == (0, empty, empty)
    assert made["total"]["known_pence"] is None
    assert made["total"]["complete"] is False


async def test_a_summary_of_a_foreign_partnership_is_no_summary(portfolio, client_for):
    place, clients = portfolio
    stranger = await client_for("contracts", place.caller("stranger"))
    answers = [
        await client.get("/v1/contract-summaries", params={"partnership_id": str(asked), **DAY})
        for client, asked in ((stranger, place.partnership), (clients["ccg"], Place().partnership))
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 2


async def test_an_auditor_is_told_of_the_years_of_its_appointment(portfolio, client_for):
    place, _ = portfolio
    auditor = await client_for("contracts", place.caller("auditor"))
    made = await summary(auditor, place, as_at="2014-07-15")
    # Of the CCG's: one, two, three (which ended on the last day before the year) and six, still to come.
    assert {each["title"] for each in made["ends_next"]} <= {"one", "two"}
    assert made["contracts"] == 3
    for day in ("2014-03-31", "2015-04-01"):
        asked = {"partnership_id": str(place.partnership), "as_at": day}
        assert (await auditor.get("/v1/contract-summaries", params=asked)).status_code == 404


@pytest.mark.row("S1-C03")
async def test_small_contracts_of_one_provider_or_category_are_listed_across_organisations(portfolio):
    place, clients = portfolio
    asked = {
        "partnership_id": str(place.partnership),
        "provider_id": str(place.pch),
        "value_below_pence": 123456701,
    }
    items = (await clients["council"].get("/v1/contracts", params=asked)).json()["items"]
    assert {(each["title"], each["owner_organisation_id"]) for each in items} == {
        ("one", str(place.ccg)),
        ("two", str(place.ccg)),
        ("four", str(place.council)),
        ("six", str(place.ccg)),
    }
    asked = {**asked, "value_below_pence": 301, "category": "community_intervention"}
    items = (await clients["council"].get("/v1/contracts", params=asked)).json()["items"]
    assert [each["title"] for each in items] == ["two"]


async def test_an_observer_s_sums_hold_nothing_of_what_is_withheld(town):
    """As if nobody had stated it: in the sum, among what is known, in the order of ends, under a category."""
    plain = {"state": "recorded_as_active", "max_end_date": None, "category": "wellness"}
    kept = await town.contract(
        title="Kept", end_date="2015-05-05", value={"amount_pence": 777}, value_basis="annual", **plain
    )
    await town.contract(title="Open", end_date="2015-06-06", value={"amount_pence": 1_000}, **plain)
    before = await summary(town.scrutiny, town.place)
    assert (before["total"]["known_pence"], before["annual"]["known_pence"]) == (1_000, 777)
    await town.decide(
        kept, withheld=[withheld(each) for each in ("value", "end", "title", "service", "start")]
    )
    seen = await summary(town.scrutiny, town.place)
    assert (seen["contracts"], seen["running"]) == (2, 2)
    # The basis goes with the value, so the contract is among the totals, and unknown.
    nothing = {
        "known_pence": None,
        "complete": True,
        "contracts": 0,
        "unknown": 0,
        "missing_contributors": [],
    }
    missing = [str(town.place.council)]
    assert seen["annual"] == nothing
    assert seen["total"] == {
        "known_pence": 1_000, "complete": False, "contracts": 2, "unknown": 1, "missing_contributors": missing,
    }  # fmt: skip
    assert {each["category"]: each["contracts"] for each in seen["by_category"]} == {"wellness": 1, None: 1}
    assert [each["title"] for each in seen["ends_next"]] == ["Open"]
    later = await summary(town.scrutiny, town.place, as_at="2015-06-01")
    assert (later["past_end"], [each["title"] for each in later["ends_next"]]) == (0, ["Open"])
    known = {each["field"]: each["known"] for each in seen["completeness"]}
    assert {known[each] for each in ("value", "end_date", "category", "start_date")} == {1}
    whole = await summary(town.council, town.place)
    assert (whole["annual"]["known_pence"], whole["past_end"]) == (777, 0)
    assert [each["title"] for each in whole["ends_next"]] == ["Kept", "Open"]
    await town.decide(kept, withheld=[withheld("title")])
    assert [each["title"] for each in (await summary(town.scrutiny, town.place))["ends_next"]] == [
        "Title withheld",
        "Open",
    ]
