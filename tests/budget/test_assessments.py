"""Scope assessments and attributions over HTTP."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, made

CRITERIA = (
    "outcomes_shared",
    "needs_two_or_more",
    "one_party_but_users_overlap",
    "outcomes_aligned_not_dependent",
    "operates_independently",
    "limited_overlap",
)


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def answers(*yes: str) -> dict[str, bool]:
    return {name: name in yes for name in CRITERIA}


async def assess(place, *yes, client=None, **changes):
    body = {
        "partnership_id": str(place.partnership),
        "service": "Looked after children placements",
        "answers": answers(*yes),
        "reason": "As the board discussed.",
        "assessed_on": "2014-07-01",
        "effective_from": "2014-09-01",
        **changes,
    }
    return await (client or place.pcc).put(f"/v1/scope-assessments/{uuid.uuid4()}", json=body)


@pytest.mark.row("S2-B19", "S1-C12")
async def test_the_three_plus_three_criteria_say_what_is_in_common_scope(place):
    placements = made(await assess(place, "needs_two_or_more", delivery_mode="commissioned"))
    assert (placements["outcome"], placements["agreed_by"]) == ("in_scope", None)
    assert placements["answers"]["needs_two_or_more"] is True
    casework = made(await assess(place, "operates_independently", delivery_mode="in_house"))
    assert casework["outcome"] == "out_of_scope"
    both = ("outcomes_shared", "limited_overlap")
    weighed = made(await assess(place, *both, outcome="in_scope"))
    assert weighed["outcome"] == "in_scope"
    for yes, changes, code, pointer in (
        (both, {}, "scope_contested", "/outcome"),
        ((), {}, "scope_unanswered", "/answers"),
        (("limited_overlap",), {"outcome": "in_scope"}, "scope_against_answers", "/outcome"),
        (both[:1], {"agreed_by": "Programme Board"}, "scope_agreed_incomplete", "/agreed_by"),
        (both[:1], {"effective_from": "2014-06-30"}, "scope_assessment_dates", "/effective_from"),
        (both[:1], {"line_id": str(uuid.uuid4())}, "line_unknown", "/line_id"),
    ):
        refused = await assess(place, *yes, **changes)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)


@pytest.mark.row("S1-G08", "S3-B07")
async def test_scope_changes_by_a_later_edition_with_its_reason(place):
    primary = {"service": "Primary care"}
    out = made(await assess(place, "operates_independently", **primary))
    change = {
        "replaces_assessment_id": out["id"],
        "reason_code": "delegated_commissioning",
        "effective_from": "2019-04-01",
        "agreed_by": "HWB Integration Programme Board",
        "agreed_on": "2019-03-20",
    }
    back = made(await assess(place, "outcomes_shared", **primary, **change))
    assert (back["outcome"], back["edition"], back["reason_code"]) == (
        "in_scope",
        2,
        "delegated_commissioning",
    )
    assert made(await place.ccg.get(f"/v1/scope-assessments/{out['id']}")) == out
    for changes, code in (
        ({}, "scope_assessment_replaced"),
        ({"service": "Acute care"}, "scope_assessment_differs"),
        ({"effective_from": "2014-08-31"}, "scope_assessment_differs"),
        ({"replaces_assessment_id": str(uuid.uuid4())}, "scope_assessment_unknown"),
    ):
        assert code_of(await assess(place, "outcomes_shared", **{**primary, **change, **changes})) == code
    theirs = await assess(place, "outcomes_shared", client=place.ccg, **{**primary, **change})
    assert code_of(theirs) == "scope_assessment_differs"


def link(from_place, to_place, rate, **changes) -> dict:
    return {
        "from_place": from_place,
        "to_place": to_place,
        "name": f"{to_place} of {from_place}",
        "rate": rate,
        "source": "Summary of projects delivering savings in 2014/15",
        "effective_from": "2014-04-01",
        **changes,
    }


COUNTS = {
    "numerator": {"value": 260_000, "qualifier": "approximately", "source": "Business case, 2014"},
    "denominator": {"value": 350_000, "qualifier": "more_than", "source": "Business case, 2014"},
}
LOCALITY = link("NEW Devon", "Western Locality", "0.45")
PLYMOUTH = link("Western Locality", "Plymouth", "0.60")


async def attribute(place, *chain, pence: int | None = 1_000_000_00, **changes):
    body = {
        "partnership_id": str(place.partnership),
        "name": "Partnerships",
        "as_at": "2014-09-01",
        "amount": {"amount_pence": pence, "status": "tbc" if pence is None else "estimate"},
        "chain": list(chain),
        **changes,
    }
    return await place.ccg.put(f"/v1/attributions/{uuid.uuid4()}", json=body)


@pytest.mark.row("S2-B02", "S2-B03")
async def test_forty_five_percent_and_sixty_percent_are_twenty_seven(place):
    kept = made(await attribute(place, LOCALITY, PLYMOUTH))
    assert kept["steps_pence"] == [450_000_00, 270_000_00]
    assert (kept["result"]["amount"]["amount_pence"], kept["result"]["rate"]) == (270_000_00, "0.2700")
    assert kept["result"]["warnings"] == []
    whole = made(
        await attribute(place, link("PCH", "Plymouth", "1"), provider="Plymouth Community Healthcare")
    )
    assert whole["result"]["amount"]["amount_pence"] == 1_000_000_00
    assert made(await place.pcc.get(f"/v1/attributions/{kept['id']}")) == kept
    unknown = made(await attribute(place, LOCALITY, PLYMOUTH, pence=None))
    assert (unknown["result"]["amount"]["amount_pence"], unknown["steps_pence"]) == (None, [None, None])


@pytest.mark.row("S2-B04", "S2-B05")
async def test_a_factor_that_its_counts_do_not_bear_out_carries_both_figures(place):
    kept = made(await attribute(place, LOCALITY, {**PLYMOUTH, **COUNTS}))
    [warning] = kept["result"]["warnings"]
    assert (warning["declared_percent"], warning["implied_percent"]) == ("60", "74.3")
    assert (warning["implied_is"], warning["denominator_needed"]) == ("up_to", 433_333)
    assert warning["amount_pence_if_implied"] == 334_285_71
    assert round(warning["amount_pence_if_implied"] / 100) == 334_286
    assert kept["result"]["amount"]["amount_pence"] == 270_000_00
    locality = {
        "numerator": {"value": 350_000, "qualifier": "more_than", "source": "Business case, 2014"},
        "denominator": {"value": 900_000, "qualifier": "approximately", "source": "Public source"},
    }
    other = made(await attribute(place, {**LOCALITY, **locality}, PLYMOUTH))
    [warning] = other["result"]["warnings"]
    assert (warning["implied_percent"], warning["denominator_needed"]) == ("38.9", 777_778)


@pytest.mark.row("S2-B02")
async def test_what_a_chain_may_not_be(place):
    for chain, code, pointer in (
        ([], "attribution_no_factors", "/chain"),
        (
            [LOCALITY, link("Western Locality", "new devon", "0.5")],
            "attribution_circular",
            "/chain/1/to_place",
        ),
        ([link("Plymouth", "Plymouth", "1")], "attribution_circular", "/chain/0/to_place"),
        ([LOCALITY, link("Torbay", "Plymouth", "0.6")], "attribution_chain_broken", "/chain/1/from_place"),
        ([{**LOCALITY, "rate": "45"}], "attribution_factor_out_of_range", "/chain/0/rate"),
        (
            [{**LOCALITY, "effective_from": "2014-09-02"}],
            "attribution_factor_not_in_effect",
            "/chain/0/effective_from",
        ),
        ([{**LOCALITY, "effective_to": "2014-03-31"}], "attribution_factor_dates", "/chain/0/effective_to"),
    ):
        refused = await attribute(place, *chain)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    for rate in ("NaN", "Infinity", "-0.1", 0.45):
        refused = await attribute(place, {**LOCALITY, "rate": rate})
        assert refused.status_code == 422, refused.text


async def test_strangers_see_no_assessment_and_make_none(place):
    kept = {
        "scope-assessments": made(await assess(place, "outcomes_shared")),
        "attributions": made(await attribute(place, LOCALITY)),
    }
    others = [
        await place.client(**{role: place.partnership}) for role in ("provider", "observer", "associate")
    ]
    stranger = await place.client(commissioner=uuid.uuid4())
    for collection, record in kept.items():
        path = f"/v1/{collection}/{record['id']}"
        assert made(await place.ccg.get(path)) == record
        for client in (*others, stranger):
            await assert_hidden(client, path, f"/v1/{collection}", place.partnership)
    assert code_of(await assess(place, "outcomes_shared", client=stranger)) == "partnership_unknown"
