"""Raw SQL against the second lock on journals: whole at their end, and no entry slips in once they were looked at."""

import uuid

import asyncpg
import pytest

from tests.budget.place import Place, made
from tests.budget.raw_books import acting

AT_ONCE, AT_THE_END = "set constraints all immediate", "set constraints all deferred"


@pytest.fixture
async def copied(stack, client_for):
    """A journal posted through its door, and a way to lay a copy of it beside it by hand."""
    place = await Place().enter(client_for)
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    reserve = await place.account(place.pcc, "reserve", "pooled", pool_id=pool)
    posted = await place.post(place.pcc, fund, reserve, 100, kind="contribution", effective_date="2015-06-01")
    connection = await stack.superuser()
    transaction = connection.transaction()
    await transaction.start()
    await acting(
        connection, place.council, place.partnership
    )  # a lock sees what the caller's partnerships have
    await connection.execute("set local search_path = budget")
    yield Copied(connection, posted["id"], made(await place.pcc.get(f"/v1/journals/{posted['id']}")))
    await transaction.rollback()
    await connection.close()


class Copied:
    """The copy: each of its rows is put by a statement of its own."""

    def __init__(self, connection, of, posted):
        self.connection, self.of, self.id = connection, of, uuid.uuid4()
        assert [each["amount_pence"] for each in posted["entries"]] == [100, -100]

    async def journal(self):
        await self.connection.execute(
            "insert into journals select (jsonb_populate_record(j, jsonb_build_object('id', $2::text, 'recorded_at', now()))).*"
            " from journals j where id = $1::uuid",
            self.of,
            str(self.id),
        )

    async def entries(self, *numbered):
        """Each of (position, pence), all in one statement, on the accounts of the journal in turn."""
        await self.connection.execute(
            "insert into entries select (jsonb_populate_record(e, jsonb_build_object('journal_id', $2::text,"
            " 'position', u.position, 'amount_pence', u.pence, 'recorded_at', now()))).*"
            " from unnest($3::int[], $4::bigint[]) u (position, pence)"
            " join entries e on e.journal_id = $1::uuid and e.position = (abs(u.position) + 1) % 2 + 1",
            self.of,
            str(self.id),
            [position for position, _ in numbered],
            [pence for _, pence in numbered],
        )

    async def end(self):
        await self.connection.execute(AT_ONCE)

    async def refused(self, act, words="is not whole"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=words):
            await act


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
async def test_entries_come_one_by_one_in_any_order(copied, order):
    pence = {1: 100, 2: -60, 3: -40}
    await copied.journal()
    for position in order:
        await copied.entries((position, pence[position]))
    await copied.end()


@pytest.mark.parametrize(
    "numbered",
    [
        (),
        ((1, 100),),
        ((1, 100), (2, -99)),
        ((1, 100), (2, -60), (3, -41)),
        ((1, 100), (3, -100)),
        ((2, 100), (3, -100)),
    ],
    ids=["no entries", "one", "out by one", "three out by one", "a gap", "no first"],
)
async def test_what_is_not_whole_is_refused_at_the_end(copied, numbered):
    await copied.journal()
    for each in numbered:
        await copied.entries(each)
    await copied.refused(copied.end())


@pytest.mark.parametrize("back", [AT_ONCE, AT_THE_END])
async def test_nothing_is_added_to_a_journal_that_was_looked_at(copied, back):
    await copied.journal()
    await copied.entries((1, 100), (2, -100))
    await copied.end()
    await copied.connection.execute(back)

    async def late(*numbered):
        await copied.entries(*numbered)
        await copied.end()

    for numbered in (((3, 5),), ((3, 5), (4, -4)), ((4, 5), (5, -5)), ((9, 5),)):
        part = copied.connection.transaction()
        await part.start()
        await copied.refused(late(*numbered))
        await part.rollback()
    for position in (0, -1):
        part = copied.connection.transaction()
        await part.start()
        await copied.refused(late((position, 5)), words="entries_numbered")
        await part.rollback()


async def test_a_long_journal_is_added_up_once(copied):
    """As often as it has entries, it would take a thousand times as long: counted by what the statements read."""
    sides = 1000
    await copied.journal()
    await copied.entries(*((position, 1 if position % 2 else -1) for position in range(1, sides + 1)))
    reads = "select coalesce(sum(idx_tup_fetch), 0)::bigint from pg_stat_xact_user_tables where relname = 'entries'"
    before = await copied.connection.fetchval(reads)
    await copied.end()
    read = await copied.connection.fetchval(reads) - before
    print(f"{read} entries read to look at a journal of {sides}")
    assert read < 20 * sides
