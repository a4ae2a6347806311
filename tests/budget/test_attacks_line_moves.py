"""Attacks on lines that take each other's place: budget made or lost where a virement meets a conversion."""

import pytest

from tests.budget.moving import approvers, move, propose
from tests.budget.place import Place, made
from tests.budget.test_line_moves import YEAR, budgets, commence, conversion, send, shown


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    place.pool_id = await place.pool()
    return place


def whole(position) -> int:
    return position["totals"]["whole"]["budget_adjusted"]["known_pence"]


async def test_budget_that_was_moved_away_does_not_come_back_by_a_conversion(place):
    here = {"financial_year": YEAR, "pence": 100_00}
    source, target = [await place.line(place.pcc, place.pool_id, **here) for _ in range(2)]
    for line in (source, target):
        await place.account(place.pcc, "expenditure", "shadow", pool_id=place.pool_id, line_id=line)
    other, _ = await approvers(place)
    proposed = made(await propose(place.pcc, place, source, target, 30_00))
    made(await move(other, proposed, "approval"))
    await commence(place)
    assert whole(await shown(place)) == 200_00
    converted = await send(place.pcc, source, "conversion", conversion(place))
    after = await shown(place)
    assert whole(after) == 200_00, (converted.text, budgets(after))
