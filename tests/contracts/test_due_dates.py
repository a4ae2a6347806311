"""What falls due and the summary of a partnership, over HTTP, for each role."""

import uuid

import pytest

from tests.architecture.doors import app_of
from tests.contracts.register import Place, a_key, registered

DAY = {"as_at": "2014-07-15"}


async def due(client, **parameters) -> list[dict]:
    answer = await client.get(
        "/v1/due-dates", params={**DAY, "until": "2020-01-01", "limit": 200, **parameters}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def summary(client, place, **parameters) -> dict:
    answer = await client.get(
        "/v1/contract-summaries", params={"partnership_id": str(place.partnership), **DAY, **parameters}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.row("S1-C07", "S4-C01")
async def test_the_dates_of_a_contract_come_in_order_with_their_reasons(world):
    found = [each for each in await due(world.clients["ccg"]) if each["title"] == "joint"]
    assert [(each["kind"], each["on"]) for each in found] == [
        ("review", "2015-06-01"),
        ("extension_decision", "2015-09-30"),
        ("last_day_to_serve_notice", "2015-09-30"),
        ("ends", "2016-03-31"),
    ]
    assert {each["overdue"] for each in found} == {False}
    assert found[2]["because"] == "The end date less the notice period of the contract."
    late = await due(world.clients["ccg"], as_at="2015-10-01", until="2015-09-30")
    assert {each["overdue"] for each in late} == {True}


async def test_a_procurement_to_come_is_in_the_pipeline_and_due_by_its_date(world):
    (entry,) = (await world.clients["ccg"].get("/v1/contracts", params={"state": "pipeline"})).json()["items"]
    assert entry["title"] == "planned"
    (only,) = await due(world.clients["ccg"], kind="recommission_by")
    assert (only["title"], only["on"]) == ("planned", "2016-03-31")


async def test_each_role_is_told_what_it_may_know(world):
    titles = {
        role: {(each["title"], each["kind"]) for each in await due(client)}
        for role, client in world.clients.items()
    }
    assert titles["scrutiny"] == set()
    assert ("joint", "last_day_to_serve_notice") in titles["pch"]
    assert not {kind for _, kind in titles["pch"]} & {"recommission_by", "extension_decision"}
    assert {title for title, _ in titles["kernow"]} == {"joint", "acute"}
    assert {title for title, _ in titles["auditor"]} == {"joint", "acute"}
    assert {title for title, _ in titles["stranger"]} == {"elsewhere"}
    assert {title for title, _ in titles["council"]} == {"joint", "acute", "councils", "planned", "private"}


async def test_pages_of_due_dates_follow_without_gap_or_repeat(world):
    whole = await due(world.clients["ccg"])
    seen, url = [], "/v1/due-dates?as_at=2014-07-15&until=2020-01-01&limit=2"
    while url:
        page = (await world.clients["ccg"].get(url)).json()
        seen += page["items"]
        url = page["next"]
    assert seen == whole
    assert len(whole) > 8


async def test_days_and_partnership_narrow_what_is_due(world):
    ccg = world.clients["ccg"]
    assert {each["on"] for each in await due(ccg, since="2016-01-01", until="2016-03-31")} == {"2016-03-31"}
    assert await due(ccg, partnership_id=uuid.uuid4()) == []
    here = await due(world.clients["council"], partnership_id=world.place.partnership)
    assert "private" not in {each["title"] for each in here}


async def test_a_change_of_the_contract_moves_its_dates(client_for):
    place = Place()
    ccg = await client_for("contracts", place.caller("ccg"))
    made = await registered(ccg, place.contract())
    url = f"/v1/contracts/{made['id']}"
    await ccg.patch(url, json={"end_date": "2017-03-31"}, version=1)
    assert [each["on"] for each in await due(ccg, kind="ends")] == ["2017-03-31"]
    await ccg.post(f"{url}/activation", json={"active_from": "2013-04-01"}, key=a_key(), version=2)
    notice = {
        "served_on": "2014-09-30",
        "served_by": "provider",
        "ends_on": "2015-03-31",
        "reason": "Hands the contract back",
        "consultation": "Letter to all users",
    }
    await ccg.post(f"{url}/notice", json=notice, key=a_key(), version=3)
    assert [(each["kind"], each["on"]) for each in await due(ccg)] == [("ends", "2015-03-31")]
    assert [each["ends_on"] for each in (await summary(ccg, place))["ends_next"]] == ["2015-03-31"]


async def test_lists_due_dates_and_summary_agree_on_the_end_after_a_notice(client_for):
    """To the parties the contract under notice ends first; an observer is not told so by any list or its order."""
    place = Place()
    ccg, pch, scrutiny = [
        await client_for("contracts", place.caller(role)) for role in ("ccg", "pch", "scrutiny")
    ]
    for title, end in (("early", "2015-06-30"), ("noticed", "2016-03-31"), ("late", "2017-03-31")):
        made = await registered(
            ccg, place.contract(title=title, end_date=end, state="recorded_as_active", indicator_ids=[])
        )
        if title == "noticed":
            notice = {
                "served_on": "2014-09-30",
                "served_by": "provider",
                "ends_on": "2015-03-31",
                "reason": "Hands the contract back",
                "consultation": "Letter to all users",
            }
            given = await ccg.post(f"/v1/contracts/{made['id']}/notice", json=notice, key=a_key(), version=1)
            assert given.status_code == 200
    await registered(ccg, place.contract(title="open", end_date=None, end_status="open_ended"))

    async def ends(client, **parameters) -> list[tuple]:
        found, url = [], "/v1/contracts"
        parameters = {"partnership_id": str(place.partnership), "limit": 1, **parameters}
        while url:
            page = (await client.get(url, params=parameters if "?" not in url else None)).json()
            found += [(each["title"], each["ends_on"]) for each in page["items"]]
            url = page["next"]
        return found

    told = [("noticed", "2015-03-31"), ("early", "2015-06-30"), ("late", "2017-03-31"), ("open", None)]
    published = [("early", "2015-06-30"), ("noticed", "2016-03-31"), ("late", "2017-03-31"), ("open", None)]
    for client in (ccg, pch):
        assert await ends(client) == told
        assert await ends(client, ends_before="2015-04-01") == told[:1]
        summed = await summary(client, place, as_at="2015-01-01")
        assert [(each["title"], each["ends_on"]) for each in summed["ends_next"]] == told[:3]
        found = await due(client, kind="ends", as_at="2015-01-01")
        assert [(each["title"], each["on"]) for each in found] == told[:3]
    assert await ends(scrutiny) == published
    assert await ends(scrutiny, ends_before="2015-04-01") == []
    summed = await summary(scrutiny, place, as_at="2015-01-01")
    assert [(each["title"], each["ends_on"]) for each in summed["ends_next"]] == published[:3]


# The summary


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
    asked = {**asked, "value_below_pence": 101, "category": "community_intervention"}
    items = (await clients["council"].get("/v1/contracts", params=asked)).json()["items"]
    assert [each["title"] for each in items] == ["two"]
