"""Attacks on settlements: the next version guessed while the first move is still under way."""

import asyncio
import uuid

import pytest

from tests.budget.place import code_of, made
from tests.budget.settling import Overspent


@pytest.fixture
async def place(client_for):
    place = await Overspent().prepare(client_for)
    made(await place.record())
    return place


async def at_once(stack, settlement: str, *moves):
    """The answers of moves that all wait for the settlement's row, in this order, and then go on one by one."""
    connection = await stack.superuser()
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("select from budget.settlements where id = $1 for update", settlement)
        waiting = []
        for move in moves:
            waiting.append(asyncio.create_task(move))
            await asyncio.sleep(0.3)
        await transaction.rollback()
        return await asyncio.gather(*waiting)
    finally:
        await connection.close()


async def test_a_step_is_posted_once_though_the_next_version_is_guessed(place, stack):
    approved = await place.approved()
    contest = {"id": str(uuid.uuid4()), "steps": [2], "grounds": "The reserve is for equipment."}
    disputed = made(await place.act(place.ccg, approved, "disputes", contest))
    at = disputed["version"]
    first, second = await at_once(
        stack,
        disputed["id"],
        place.act(place.pcc, disputed, "posting", place.posting()),
        place.act(place.pcc, disputed, "posting", place.posting(), version=at + 1),
    )
    assert made(first)["postings"][0]["steps"] == [1, 3]
    assert (second.status_code, code_of(second)) == (409, "settlement_nothing_undisputed")
    after = made(await place.pcc.get(f"/v1/settlements/{disputed['id']}"))
    assert [each["steps"] for each in after["postings"]] == [[1, 3]]


async def test_the_last_approval_counts_though_its_version_is_guessed(place, stack):
    proposed = made(await place.propose())
    first, second = await at_once(
        stack,
        proposed["id"],
        place.act(place.approver, proposed, "approval"),
        place.act(place.ccg, proposed, "approval", version=proposed["version"] + 1),
    )
    assert made(first)["state"] == "proposed"
    assert made(second)["state"] == "approved"
    assert made(await place.pcc.get(f"/v1/settlements/{proposed['id']}"))["state"] == "approved"


async def test_a_step_disputed_meanwhile_is_not_posted_by_a_guess(place, stack):
    approved = await place.approved()
    contest = {"id": str(uuid.uuid4()), "steps": [1, 2, 3], "grounds": "All of it."}
    _, second = await at_once(
        stack,
        approved["id"],
        place.act(place.ccg, approved, "disputes", contest),
        place.act(place.pcc, approved, "posting", place.posting(), version=approved["version"] + 1),
    )
    assert (second.status_code, code_of(second)) == (409, "settlement_nothing_undisputed")
