"""Attack on the end of an agreement: a posting under way while the last party signs the final account."""

import asyncio

import pytest

from tests.budget.place import Place, code_of, made
from tests.budget.test_agreement_end import ACCOUNT, EXPIRY, books, posted


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft(ends_on="2016-03-31")
    await place.approve()
    await place.sign()
    await place.commence()
    return place


async def test_a_posting_under_way_is_not_slipped_behind_the_final_account(place, stack):
    fund, cost, _ = await books(place)
    made(await place.move("winding-up", EXPIRY))
    made(await place.move("closure", ACCOUNT))
    connection = await stack.superuser()
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("select from budget.accounts where id = $1 for update", fund)
        posting = asyncio.create_task(posted(place, cost, fund, 100, "expenditure", "2016-03-31"))
        await asyncio.sleep(0.3)
        closing = asyncio.create_task(place.move("closure", ACCOUNT, client=place.ccg))
        await asyncio.sleep(0.5)
        await transaction.rollback()
        answer, closed = await asyncio.gather(posting, closing)
    finally:
        await connection.close()
    closed = made(closed)
    assert closed["state"] == "closed"
    if answer.status_code == 201:  # then it was recorded first, and the account was signed with it there
        seen = await stack.superuser()
        try:
            signed, recorded = await seen.fetchrow(
                "select a.updated_at, j.recorded_at from budget.agreements a, budget.journals j"
                " where a.id = $1 and j.id = $2",
                place.agreement,
                answer.json()["id"],
            )
        finally:
            await seen.close()
        assert recorded < signed
    else:
        assert (answer.status_code, code_of(answer)) == (409, "journal_after_final_account")
