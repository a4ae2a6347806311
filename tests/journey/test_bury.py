"""Bury 2016, played by both partners: shadow, then day one: pooled where lawful, aligned where not, and counted once."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.journey.bury import (
    ALIGNED,
    CRITERIA,
    DAY_ONE,
    DECIDED,
    NEXT_YEAR,
    POOLED,
    PROGRAMMES,
    SHADOW,
    SHADOW_YEAR,
    SIGNED,
    TESTED_ON,
    WHOLE,
    YEAR,
    Bury,
    budgets,
    journal,
)
from tests.journey.foreign import assert_tells_nothing
from tests.journey.party import new_id, new_key

LATER = "2017-07-01"  # continuing health care joins a quarter after the rest (invented)
JOINS_LATER = "Continuing health care"


@dataclass(frozen=True, slots=True)
class Played:
    """The place after day one: the lines of 2017/18 as opened, what was refused on the way, and each move."""

    place: Bury
    lines: dict[str, dict[str, Any]]
    refused: dict[str, tuple[int, str]]
    before: dict[str, Any]
    moves: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def played(bury):
    """From the shadow year to day one."""
    place = Bury(bury)
    place.draft()
    place.open_shadow()
    for one in PROGRAMMES:
        place.opened(one, SHADOW_YEAR)
    lines = {one.name: place.opened(one, YEAR) for one in PROGRAMMES}
    refused = too_early(place, lines["Public health"])
    before = place.position("ccg")
    commence(place, refused)
    moves = {}
    for one in PROGRAMMES:
        if not one.functions:
            day, line = LATER if one.name == JOINS_LATER else DAY_ONE, lines[one.name]
            path = f"/v1/lines/{line['id']}/conversion"
            moves[one.name] = bury[one.owner].move(path, place.conversion(line, day), line["version"])
    return Played(place, lines, refused, before, moves)


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code")


def too_early(place, line) -> dict[str, tuple[int, str]]:
    """What the partners try before day one."""
    council = place.of["council"]
    pool = place.pool_body("Too early", "wellness", "pooled")
    early = council.post(
        f"/v1/lines/{line['id']}/conversion",
        json=place.conversion(line, DAY_ONE),
        key=new_key(),
        version=line["version"],
    )
    return {"pool": told(council.put(f"/v1/pools/{new_id()}", json=pool)), "conversion": told(early)}


def commence(place, refused) -> None:
    """Both bodies approve, both partners sign, and the council says that day one has come."""
    council, address = place.of["council"], f"/v1/agreements/{place.agreement}"
    place.decide("council")
    body = {"signed_on": SIGNED, "office": "Chief Executive"}
    half = place.standing()
    answer = council.post(f"{address}/execution", json=body, key=new_key(), version=half["version"])
    refused["signature"] = told(answer)
    place.decide("ccg")
    standing = place.standing()
    assert (standing["state"], standing["approved_from"]) == ("approved", DECIDED["ccg"])
    answer = council.post(
        f"{address}/commencement", json={"commenced_on": DAY_ONE}, key=new_key(), version=standing["version"]
    )
    refused["commencement"] = told(answer)
    for key, office in (("council", "Chief Executive"), ("ccg", "Chief Officer")):
        signature = {"signed_on": SIGNED, "office": office}
        standing = place.of[key].move(f"{address}/execution", signature, standing["version"])
    in_force = council.move(f"{address}/commencement", {"commenced_on": DAY_ONE}, standing["version"])
    assert (in_force["state"], in_force["commenced_on"]) == ("in_force", DAY_ONE)


@pytest.mark.row("S5-G02")
def test_before_both_bodies_approved_there_is_no_day_one(played):
    assert played.refused == {
        "pool": (409, "pool_needs_agreement_in_force"),
        "conversion": (409, "line_differs_from_pool"),
        "signature": (409, "agreement_not_approved"),
        "commencement": (409, "agreement_move_refused"),
    }


@pytest.mark.row("S5-B01")
@pytest.mark.parametrize("reader", ["council", "ccg"])
def test_in_the_shadow_year_nothing_is_pooled_and_all_is_shown_as_if_it_were(played, reader):
    seen = played.place.position(reader, SHADOW_YEAR)
    assert budgets(seen) == {"pooled": None, "aligned": ALIGNED, "shadow": POOLED + SHADOW, "whole": WHOLE}
    assert seen["totals"]["shadow"]["contributions_received_pence"] is None


@pytest.mark.row("S5-B02", "S5-B07", "S5-B11")
def test_every_programme_is_in_scope_unless_the_law_excludes_it(played):
    place = played.place
    for one in PROGRAMMES:
        partner, line = place.of[one.owner], played.lines[one.name]
        assert (line["legality"]["assessed_on"], line["criteria_version"]) == (TESTED_ON, CRITERIA)
        wanted = "statutory_exclusion" if one.functions else "agreement_not_in_force"
        assert line["legality"]["basis"] == wanted
        kept = partner.read(f"/v1/lines/{line['id']}")["nature"]
        assert {name: kept[name] for name in one.nature} == one.nature
        if one.functions:
            pooled = place.line(one, YEAR, "pooled", "lawful_to_pool", name=f"{one.name}, pooled")
            refused = partner.put(f"/v1/lines/{new_id()}", json=pooled)
            assert told(refused) == (409, "line_statutorily_excluded")
            assert refused.json()["functions"] == list(one.functions)
    # To leave a programme out without a reason that keeps it out is refused.
    health = PROGRAMMES[0]
    out = place.line(health, YEAR, "aligned", "lawful_to_pool", name="Public health, left out")
    refused = place.of["council"].put(f"/v1/lines/{new_id()}", json=out)
    assert told(refused) == (422, "line_basis_mismatch")
    assert "statutory_exclusion" in refused.json()["allowed"]


@pytest.mark.row("S5-B01", "S5-B03")
def test_a_shadow_line_turns_pooled_on_day_one_by_dated_criteria_and_is_counted_once(played):
    place = played.place
    assert budgets(played.before) == {
        "pooled": None,
        "aligned": ALIGNED,
        "shadow": POOLED + SHADOW,
        "whole": WHOLE,
    }
    for name, move in played.moves.items():
        assert (move["kind"], move["criteria_version"]) == ("conversion", CRITERIA)
        assert move["legality"] == {"basis": "lawful_to_pool", "assessed_on": TESTED_ON, "note": None}
        assert move["before_pence"] == move["after_pence"] == played.lines[name]["budget"]["amount_pence"]
        old = place.of["council"].read(f"/v1/lines/{played.lines[name]['id']}")
        assert (old["ended_on"], old["arrangement"]) == (move["effective_on"], "shadow")
        new = place.of["council"].read(f"/v1/lines/{move['to_line_ids'][0]}")
        assert (new["counts_from"], new["arrangement"]) == (move["effective_on"], "pooled")
        assert (new["legality"], new["criteria_version"]) == (move["legality"], CRITERIA)
    joining = played.lines[JOINS_LATER]["budget"]["amount_pence"]
    for reader in ("council", "ccg"):
        assert budgets(place.position(reader, as_at="2017-06-30")) == {
            "pooled": POOLED - joining,
            "aligned": ALIGNED,
            "shadow": SHADOW + joining,
            "whole": WHOLE,
        }
        for day in (LATER, "2018-03-31"):
            assert budgets(place.position(reader, as_at=day)) == {
                "pooled": POOLED,
                "aligned": ALIGNED,
                "shadow": SHADOW,
                "whole": WHOLE,
            }
    surgery = played.lines["Surgery"]
    refused = place.of["ccg"].post(
        f"/v1/lines/{surgery['id']}/conversion",
        json=place.conversion(surgery, DAY_ONE),
        key=new_key(),
        version=surgery["version"],
    )
    assert told(refused) == (409, "line_statutorily_excluded")


@pytest.mark.row("S5-B09", "S5-B01")
def test_the_whole_place_is_on_one_view_for_both(played):
    """The Bury pound: every line of both partners, whichever way the law has it held."""
    place = played.place
    for reader in ("council", "ccg"):
        view = place.of[reader].read(
            f"/v1/partnerships/{place.of.id}/overview", financial_year="2017-18", mode="strict"
        )
        assert view["totals"]["budget"]["known_pence"] == WHOLE
        assert view["fund"]["totals"]["whole"]["budget_approved"]["known_pence"] == WHOLE
        by_category = {each["category"]: each["figures"] for each in view["fund"]["by_category"]}
        assert {name: each["budget_approved"]["known_pence"] for name, each in by_category.items()} == {
            "wellness": 11_000_000_00,
            "community_intervention": 25_000_000_00,
            "complex_bed_based": 112_000_000_00,
        }
    # The CCG stays a body of its own with lines of its own; the council sees its aligned money as totals.
    seen = place.position("council")
    assert "Surgery" not in {each["name"] for each in seen["lines"]}
    assert "Emergency ambulances" in {each["name"] for each in seen["lines"]}
    assert place.of["council"].get(f"/v1/lines/{played.lines['Surgery']['id']}").status_code == 404


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


def test_another_council_is_told_nothing(played, southampton, document):
    place = played.place
    insiders = [place.of["council"], place.of["ccg"]]
    filled = assert_tells_nothing(southampton["council"], insiders, place.of.id, document)
    assert filled >= {"agreements", "decisions", "pools", "lines"}
    query = {"partnership_id": place.of.id, "financial_year": "2017-18"}
    refused = southampton["council"].get("/v1/positions", params=query)
    assert told(refused) == (404, "not_found")
    pool = place.pool["complex_bed_based"]
    asked = {"pool_id": pool, "financial_year": YEAR, "source": "position"}
    assert southampton["council"].post("/v1/settlements/simulation", json=asked).is_client_error
