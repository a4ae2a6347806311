"""Bury after day one: risk simulated, overspends warned of, seed money spent in time, a line taken apart."""

from typing import Any

import pytest

from tests.journey.bury import DAY_ONE, NEXT_YEAR, YEAR, budgets, journal
from tests.journey.bury_day_one import told
from tests.journey.party import new_id, new_key


@pytest.mark.row("S5-B04")
def test_the_risk_share_is_simulated_and_nothing_of_it_is_kept(played):
    place = played.place
    council, ccg = place.of["council"], place.of["ccg"]
    pool = place.pool["complex_bed_based"]
    for key, pounds in (("council", 30_000_000), ("ccg", 20_000_000)):
        promise = {"partnership_id": place.of.id, "pool_id": pool, "financial_year": YEAR}
        amount = {"amount_pence": pounds * 100, "status": "estimate"}
        place.of[key].put_new(f"/v1/contributions/{new_id()}", {**promise, "amount": amount})
    capped = {"organisation_id": place.of.organisation["ccg"], "amount_pence": 300_000_00}
    scheme = {
        "partnership_id": place.of.id,
        "pool_id": pool,
        "effective_from": DAY_ONE,
        "clause": "Schedule 3 (invented)",
        "overspend": [
            {"kind": "risk_reserve"},
            {"kind": "contributions", "caps": [capped]},
            {"kind": "to_be_agreed"},
        ],
        "underspend": [{"kind": "contributions"}],
    }
    council.put_new(f"/v1/risk-shares/{new_id()}", scheme)
    asked = {
        "pool_id": pool,
        "financial_year": YEAR,
        "source": "forecast",
        "variance": {"amount_pence": -1_000_000_00, "status": "estimate"},
        "risk_reserve": {"amount_pence": 200_000_00},
    }
    found = [each.post("/v1/settlements/simulation", json=asked).json()["outcome"] for each in (council, ccg)]
    assert found[0] == found[1]
    outcome = found[0]
    assert [each["taken_pence"] for each in outcome["steps"]] == [200_000_00, 780_000_00, 20_000_00]
    assert {each["organisation_id"]: each["amount_pence"] for each in outcome["by_partner"]} == {
        place.of.organisation["council"]: 480_000_00,
        place.of.organisation["ccg"]: 300_000_00,
    }
    assert (outcome["to_be_agreed_pence"], outcome["unsettled_pence"]) == (20_000_00, 0)
    assert all(each["explanation"].endswith(".") for each in outcome["steps"])
    assert council.items("/v1/settlements", partnership_id=place.of.id) == []


@pytest.mark.row("S5-B12", "S5-B04")
def test_an_overspend_is_warned_of_early_and_asks_for_a_plan(played):
    """«Loss of financial control» is the first of the printed risks on money."""
    place, ccg = played.place, played.place.of["ccg"]
    council = place.of["council"]
    line = place.pooled("Reablement", 1_200_000)
    threshold = {"partnership_id": place.of.id, "severity": "red", "percent_over": "5", "action_plan": True}
    council.put_new(f"/v1/warning-thresholds/{new_id()}", {**threshold, "in_force_from": "2018-04-01"})
    forecast = {
        "partnership_id": place.of.id,
        "line_id": line["id"],
        "made_on": "2018-09-30",
        "basis": "trend",
        "next_meeting_on": "2018-10-15",
    }
    calm = council.put_new(f"/v1/forecasts/{new_id()}", {**forecast, "base_pence": [105_000_00] * 12})
    assert (calm["warning"], calm["variance_pence"]) == (None, -60_000_00)
    red = council.put_new(f"/v1/forecasts/{new_id()}", {**forecast, "base_pence": [106_000_00] * 12})
    assert (red["warning"]["severity"], red["warning"]["overspend_pence"]) == ("red", 72_000_00)
    due = {"partnership_id": place.of.id, "action_plan_due": "true"}
    assert [each["id"] for each in ccg.items("/v1/forecasts", **due)] == [red["id"]]
    step = {"rung": "management_action", "action": "Review", "owner": "Head of care", "due_on": "2018-12-31"}
    plan = council.put_new(f"/v1/action-plans/{new_id()}", {"forecast_id": red["id"], "steps": [step]})
    assert (plan["due_on"], plan["overspend_pence"]) == ("2018-10-15", 72_000_00)
    assert ccg.read(f"/v1/action-plans/{plan['id']}") == plan
    assert ccg.items("/v1/forecasts", **due) == []
    months = ccg.items(f"/v1/forecasts/{red['id']}/months")
    assert [each["forecast_pence"] for each in months] == [106_000_00] * 12


@pytest.mark.row("S5-B15")
def test_costs_above_the_estimate_are_seen(played):
    """«Future operating costs will not exceed estimates»."""
    place = played.place
    line = place.pooled("Running costs", 500_000, tags=["running_costs"])
    limit = {
        "partnership_id": place.of.id,
        "financial_year": NEXT_YEAR,
        "kind": "control_total",
        "name": "Running costs of the organisation",
        "amount_pence": 500_000_00,
        "tag": "running_costs",
        "source": "Estimate (invented)",
    }
    place.of["council"].put_new(f"/v1/funding-requirements/{new_id()}", limit)
    query = {"partnership_id": place.of.id, "financial_year": "2018-19"}
    (within,) = place.of["ccg"].read("/v1/funding-tests", **query)["tests"]
    assert (within["met"], within["out_by_pence"]) == (True, None)
    more = {
        "id": new_id(),
        "kind": "revised",
        "amount": {"amount_pence": 500_000_01, "status": "estimate"},
        "effective_from": "2018-10-01",
        "reason": "One penny more",
    }
    place.of["council"].move(f"/v1/lines/{line['id']}/budgets", more, line["version"])
    (passed,) = place.of["ccg"].read("/v1/funding-tests", **query)["tests"]
    assert (passed["met"], passed["out_by_pence"]) == (False, 1)


@pytest.mark.row("S5-B13")
def test_seed_money_is_spent_in_time_and_by_the_host(played):
    place, council = played.place, played.place.of["council"]
    fence = {
        "grant": "Greater Manchester transformation fund",
        "spend_until": "2018-12-31",
        "unspent": "returned",
    }
    nature = {"funding_source": "transformation fund", "recurrence": "one_off", "ring_fence": fence}
    line = place.pooled("Seed money for the bid", 250_000, nature=nature)
    assert line["nature"]["ring_fence"]["spend_until"] == "2018-12-31"
    cost, fund = place.account("expenditure", line_id=line["id"]), place.account("reserve")
    late = council.put(
        f"/v1/journals/{new_id()}", json=journal("expenditure", "2019-01-01", cost, fund, 1_00)
    )
    assert told(late) == (409, "ring_fence_ended")
    assert late.json()["spend_until"] == "2018-12-31"
    spent = journal("expenditure", "2018-12-31", cost, fund, 40_000_00)
    theirs = place.of["ccg"].put(f"/v1/journals/{new_id()}", json=spent)
    assert told(theirs) == (403, "journal_kind_for_the_host")
    council.put_new(f"/v1/journals/{new_id()}", spent)
    shown = {each["line_id"]: each for each in place.position("ccg", NEXT_YEAR)["lines"]}[line["id"]]
    assert (shown["actual_pence"], shown["variance_pence"]) == (40_000_00, 210_000_00)


@pytest.mark.row("S5-B14")
def test_a_line_taken_apart_comes_to_itself(played):
    place, council = played.place, played.place.of["council"]
    line = place.pooled("Resources to be taken apart", 100_001)
    whole = budgets(place.position("ccg", NEXT_YEAR))
    parts: list[dict[str, Any]] = [
        {"line_id": new_id(), "name": name, "budget_pence": pence}
        for name, pence in (("North", 33_334_00), ("East", 33_334_00), ("West", 33_332_00))
    ]
    body = {
        "id": new_id(),
        "split_on": "2018-04-01",
        "reason": "«disaggregation and redesign of existing resources»",
        "parts": parts,
    }
    path = f"/v1/lines/{line['id']}/split"
    short = council.post(path, json=body, key=new_key(), version=line["version"])
    assert told(short) == (422, "line_parts_differ")
    parts[2]["budget_pence"] += 1_00
    move = council.move(path, body, line["version"])
    assert move["before_pence"] == move["after_pence"] == 100_001_00
    assert budgets(place.position("ccg", NEXT_YEAR)) == whole
    assert place.of["ccg"].items(f"/v1/lines/{line['id']}/moves") == [move]
