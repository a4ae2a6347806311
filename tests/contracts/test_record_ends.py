"""Records that end and go on as others: no money made or lost, nothing agreed is lost, no day to come, no terms by order."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.contracts.actions import consolidate_contracts
from services.contracts.rules import consolidation, transfer
from shared.web.today import today_in_england
from tests.contracts.register import a_key
from tests.contracts.test_transfers import acted, asked, put, read, running
from tests.contracts.test_variations import acted as varied
from tests.contracts.test_variations import proposed

YEARLY: dict[str, Any] = {"value": {"amount_pence": 10_000_000}, "value_basis": "annual"}
DAY = "2014-10-01"


@pytest.fixture(scope="module")
async def pch(client_for, place):
    return await client_for("contracts", place.caller("pch"))


@pytest.fixture(scope="module")
async def phnt(client_for, place):
    return await client_for("contracts", place.caller("phnt"))


def joining(*contracts: dict, **changes: Any) -> dict[str, Any]:
    return {
        "source_contract_ids": [each["id"] for each in contracts], "contract_id": str(uuid.uuid4()),
        "reference": a_key(), "title": "One", "effective_on": DAY, "reason": "One service", **changes,
    }  # fmt: skip


def parting(contract: dict, effective_on: str = DAY, **changes: Any) -> dict[str, Any]:
    parts = [
        {
            "contract_id": str(uuid.uuid4()),
            "reference": a_key(),
            "title": "Part",
            "share_percent": "50",
            **more,
        }
        for more in (changes, {})
    ]
    return {
        "source_contract_id": contract["id"],
        "parts": parts,
        "effective_on": effective_on,
        "reason": "Apart",
    }


@pytest.mark.row("S1-C09")
async def test_yearly_values_become_one_only_where_all_end_on_one_day(ccg, place, monkeypatch):
    """£100,000 a year to 2016 and £50,000 a year to 2019 are not £150,000 a year to 2019."""
    short = await running(ccg, place, **YEARLY)
    long = await running(ccg, place, **YEARLY, end_date="2019-03-31")
    same = await running(ccg, place, **YEARLY, max_end_date="2018-03-31")
    body = joining(short, long)
    refused = await put(ccg, "consolidations", body, 409)
    assert (refused["code"], refused["ends"]) == ("yearly_value_keeps_end", ["2016-03-31", "2019-03-31"])
    later = joining(short, same, end_date="2018-03-31")
    assert (await put(ccg, "consolidations", later, 409))["code"] == "yearly_value_keeps_end"
    parts = parting(short, end_date="2015-03-31")
    assert (await put(ccg, "splits", parts, 409))["code"] == "yearly_value_keeps_end"
    monkeypatch.setattr(consolidation, "check_ends", lambda *_: None)
    for resource, made in (("consolidations", body), ("consolidations", later), ("splits", parts)):
        locked = await put(ccg, resource, made, 409)
        assert locked["code"] == "yearly_value_keeps_end"
        assert "ends" not in locked
    monkeypatch.undo()
    made = joining(short, same)
    assert (await put(ccg, "consolidations", made))["value_after_pence"] == 20_000_000
    new = await read(ccg, made["contract_id"])
    assert (new["value"]["amount_pence"], new["end_date"]) == (20_000_000, "2016-03-31")


async def test_what_goes_on_is_what_the_proof_says(ccg, place, monkeypatch):
    """The database adds it up for itself."""
    contract = await running(ccg, place)
    real = consolidation.proven

    def wrong(*given: Any) -> consolidation.Regrouping:
        made = real(*given)
        return replace(made, value_before_pence=1, value_after_pence=1)

    monkeypatch.setattr(consolidation, "proven", wrong)
    assert (await put(ccg, "splits", parting(contract), 409))["code"] == "regrouping_loses_value"


async def test_a_record_does_not_end_while_something_agreed_on_it_waits(ccg, pch, phnt, place, monkeypatch):
    first, second = await running(ccg, place), await running(ccg, place)
    made = await put(ccg, "novations", asked(place, first))
    for client in (ccg, pch, phnt):
        await acted(client, made, "consent", on="2014-05-01")
    variation = await proposed(ccg, first, effective_on="2015-04-01")

    async def all_refused() -> None:
        for answer in (
            await acted(ccg, made, "completion-checks", 409),
            await acted(ccg, made, "completion", 409),
            await put(ccg, "consolidations", joining(second, first), 409),
            await put(ccg, "splits", parting(first), 409),
        ):
            assert (answer["code"], answer["variation_ids"]) == ("cut_variation_open", [variation["id"]])

    await all_refused()
    await varied(ccg, variation, "agreement", on="2014-03-20")
    await varied(pch, variation, "agreement", on="2014-03-25")
    await all_refused()
    for where in (transfer, consolidate_contracts):
        monkeypatch.setattr(where, "check_ready", lambda *_: None)
    for refused in (
        await acted(ccg, made, "completion", 409),
        await put(ccg, "consolidations", joining(second, first), 409),
        await put(ccg, "splits", parting(first), 409),
    ):
        assert refused["code"] == "cut_variation_open"
        assert "variation_ids" not in refused
    monkeypatch.undo()
    await varied(ccg, variation, "withdrawal")
    assert (await acted(ccg, made, "completion"))["state"] == "completed"
    late = await ccg.put(f"/v1/variations/{uuid.uuid4()}", json={
        "contract_id": first["id"], "reason": "price", "description": "Too late", "effective_on": "2014-01-01",
        "after": {"value": {"amount_pence": 5}}, "ground": "provided_for", "different_in_character": False,
    })  # fmt: skip
    assert late.json()["code"] == "variation_not_in_force"


async def test_a_day_to_come_ends_nothing_yet(ccg, pch, phnt, place, monkeypatch):
    day = (today_in_england() + timedelta(days=30)).isoformat()
    first, second = [await running(ccg, place, end_date="2040-03-31") for _ in range(2)]
    made = await put(ccg, "novations", asked(place, first, effective_on=day))
    for client in (ccg, pch, phnt):
        await acted(client, made, "consent", on="2014-05-01")
    for guarded in (True, False):
        if not guarded:
            for where in (transfer, consolidate_contracts):
                monkeypatch.setattr(where, "check_ready", lambda *_: None)
        for refused in (
            await acted(ccg, made, "completion", 409),
            await put(ccg, "consolidations", joining(first, second, effective_on=day), 409),
            await put(ccg, "splits", parting(first, day), 409),
        ):
            assert refused["code"] == "cut_not_yet"
            assert ("today" in refused) is guarded
    monkeypatch.undo()
    assert (await acted(ccg, made, "completion-checks", 409))["effective_on"] == day
    assert (await read(ccg, first["id"]))["state"] == "recorded_as_active"
    assert (await ccg.get(f"/v1/novations/{made['id']}")).json()["state"] == "ready"
    today = today_in_england().isoformat()
    assert await put(ccg, "consolidations", joining(first, second, effective_on=today))


async def test_who_pays_is_never_lost_in_a_consolidation(ccg, place):
    """A value that is not known, or a contract that nobody pays for yet: who would pay is told to be open."""
    other = [{"pool_id": str(uuid.uuid4()), "organisation_id": str(place.ccg), "share_percent": "100"}]
    known = await running(ccg, place)
    unknown = await running(ccg, place, value={"amount_pence": None, "status": "tbc"}, funding=other)
    bare = await running(ccg, place, funding=[])
    refused = await put(ccg, "consolidations", joining(known, unknown, bare), 409)
    assert (refused["code"], refused["without_value"], refused["without_funding"]) == (
        "consolidation_funding_unknown", [unknown["id"]], [bare["id"]],
    )  # fmt: skip
    nothing = [
        await running(ccg, place, value={"amount_pence": 0}, **more) for more in ({}, {"funding": other})
    ]
    assert len((await put(ccg, "consolidations", joining(*nothing), 409))["without_value"]) == 2
    same = await running(ccg, place, value={"amount_pence": None, "status": "tbc"})
    body = joining(known, same)
    made = await put(ccg, "consolidations", body)
    assert (made["value_before_pence"], made["value_after_pence"]) == (None, None)
    new = await read(ccg, body["contract_id"])
    assert (new["funding"], new["value"]["status"]) == (known["funding"], "tbc")


async def test_shares_that_are_known_are_never_lost_in_a_consolidation(ccg, place):
    lead, theirs = [{"role": "lead_commissioner", "organisation_id": str(place.ccg)},
                    {"role": "associate_commissioner", "organisation_id": str(place.kernow)}]  # fmt: skip
    provider = place.contract()["parties"][1]
    shared = [{**lead, "share_percent": "60"}, {**theirs, "share_percent": "40"}, provider]
    one = await running(ccg, place, parties=shared)
    two = await running(ccg, place, parties=shared, value={"amount_pence": None, "status": "tbc"})
    unsaid = await running(ccg, place, parties=[lead, theirs, provider])
    refused = await put(ccg, "consolidations", joining(one, unsaid), 409)
    assert (refused["code"], refused["without_shares"]) == ("consolidation_shares_unknown", [unsaid["id"]])
    body = joining(one, two)
    await put(ccg, "consolidations", body)
    new = await read(ccg, body["contract_id"])
    assert [each["share_percent"] for each in new["parties"]] == ["60", "40", None]


async def test_rules_and_notice_of_a_consolidation_follow_from_no_order(ccg, place):
    plain = await running(ccg, place, award_regime="pcr2015")
    for changes, code in (
        ({"award_regime": "psr"}, "consolidation_different_regimes"),
        ({"award_regime": "pcr2015", "modification_regime": "psr"}, "consolidation_different_regimes"),
        ({}, "consolidation_different_regimes"),
        (
            {"award_regime": "pcr2015", "notice_period": {"count": 12, "unit": "months"}},
            "consolidation_different_notice",
        ),
        ({"award_regime": "pcr2015", "notice_period": None}, "consolidation_different_notice"),
    ):
        other = await running(ccg, place, **changes)
        for pair in ((plain, other), (other, plain)):
            assert (await put(ccg, "consolidations", joining(*pair), 409))["code"] == code
    same = await running(ccg, place, award_regime="pcr2015", modification_regime="pcr2015")
    assert await put(ccg, "consolidations", joining(plain, same))


async def test_a_contract_that_is_exempt_passes_to_another_lead_with_its_grounds(ccg, client_for, place):
    council = await client_for("contracts", place.caller("council"))
    exempt = await running(
        ccg, place, award_regime="exempt_horizontal", award_basis="Between public bodies, 2 services"
    )
    order = {"title": "The Transfer Order"}
    made = await put(
        ccg, "statutory-transfers", asked(place, exempt, "commissioner", "ccg", "council", instrument=order)
    )
    await acted(ccg, made, "completion", resource="statutory-transfers")
    taken = await acted(council, made, "take-over", 201, resource="statutory-transfers", reference=a_key())
    assert (taken["award_regime"], taken["award_basis"]) == (exempt["award_regime"], exempt["award_basis"])
