"""Limits on what a line commits: never a race past one, and only its owner sets it."""

import asyncio

import pytest

from tests.budget.committing import YEAR, limit, pointer_of, reserve
from tests.budget.place import Place, code_of, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S5-B15")
async def test_of_twenty_at_once_exactly_those_that_fit_are_taken(place):
    """910.00 are left of the line's budget: seven of 130.00 fit to the penny, thirteen do not."""
    _, lines, _ = await real_year(place)
    made(await limit(place.pcc, place, lines["pcc"]))
    answers = await asyncio.gather(
        *(
            reserve(client, place, lines["pcc"], 130_00)
            for client in (place.pcc, place.ccg)
            for _ in range(10)
        )
    )
    busy = [each for each in answers if each.status_code == 503]
    taken = [each for each in answers if each.status_code == 201]
    refused = [each for each in answers if each.status_code == 409]
    assert {code_of(each) for each in refused} <= {"commitment_past_limit"}
    assert len(taken) + len(refused) + len(busy) == 20
    while len(taken) < 7:  # a busy server took nothing: those are sent again
        assert busy.pop()
        again = await reserve(place.pcc, place, lines["pcc"], 130_00)
        assert again.status_code == 201, again.text
        taken.append(again)
    assert len(taken) == 7
    last = await reserve(place.pcc, place, lines["pcc"], 1)
    assert (code_of(last), pointer_of(last)) == ("commitment_past_limit", "/amount_pence")
    assert {
        name: last.json()[name] for name in ("limit_pence", "actual_pence", "committed_pence", "left_pence")
    } == {
        "limit_pence": 1_000_00,
        "actual_pence": 90_00,
        "committed_pence": 910_00,
        "left_pence": 0,
    }


async def test_a_limit_is_its_owner_s_and_the_last_one_stands(place):
    pool, lines, _ = await real_year(place)
    unknown = await place.line(place.pcc, pool, "pooled", pence=None, **YEAR)
    for line, basis, changes, code, pointer in (
        (lines["ccg"], "none", {}, "commitment_limit_by_owner", "/line_id"),
        (lines["ccg aligned"], "none", {}, "line_unknown", "/line_id"),
        (lines["pcc"], "amount", {}, "commitment_limit_amount", "/limit_pence"),
        (lines["pcc"], "none", {"limit_pence": 5}, "commitment_limit_amount", "/limit_pence"),
        (unknown, "adjusted_budget", {}, "commitment_limit_of_unknown_budget", "/basis"),
    ):
        refused = await limit(place.pcc, place, line, basis, **changes)
        assert (code_of(refused), pointer_of(refused)) == (code, pointer), refused.text
    made(await limit(place.pcc, place, unknown, "amount", limit_pence=10_00))
    free = made(await reserve(place.pcc, place, unknown, 10_00))
    assert (free["line"]["available_pence"], free["line"]["overspend_pence"]) == (None, None)
    assert free["line"]["budget_adjusted"]["status"] == "tbc"
    assert code_of(await reserve(place.pcc, place, unknown, 1)) == "commitment_past_limit"
    lifted = made(await limit(place.pcc, place, unknown, "none"))
    made(await reserve(place.pcc, place, unknown, 1))
    kept = await place.ccg.get(
        "/v1/commitment-limits", params={"partnership_id": str(place.partnership), "line_id": str(unknown)}
    )
    assert len(kept.json()["items"]) == 2
    assert made(await place.ccg.get(f"/v1/commitment-limits/{lifted['id']}")) == lifted
