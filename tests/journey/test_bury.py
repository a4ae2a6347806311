"""Bury 2016, played by both partners: pooled where lawful, aligned where not, shadow before, and counted once."""

import pytest

from tests.journey.bury import (
    ALIGNED,
    CRITERIA,
    DAY_ONE,
    POOLED,
    PROGRAMMES,
    SHADOW,
    SHADOW_YEAR,
    TESTED_ON,
    WHOLE,
    YEAR,
    budgets,
)
from tests.journey.bury_day_one import JOINS_LATER, LATER, told
from tests.journey.foreign import assert_tells_nothing
from tests.journey.party import new_id, new_key


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
