"""Lists page by page on the real database: each row once whatever is added meanwhile, and the edges of a window."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid, bindparam, select

from shared.keyset import Pages
from tests.stack import a_caller

walked = Table(
    "walked",
    MetaData(schema="budget"),
    Column("id", Uuid),
    Column("place", Integer),
    Column("kind", Text),
    Column("updated_at", DateTime(timezone=True)),
)
OF_KIND = select(walked).where(walked.c.kind == bindparam("kind", type_=Text))
BY_PLACE = Pages(OF_KIND, walked.c.place, walked.c.id, walked.c.updated_at)
UNWINDOWED = Pages(OF_KIND, walked.c.place, walked.c.id)
BY_KIND_TOO = Pages(select(walked), walked.c.place, walked.c.id, then=walked.c.kind)
NOON = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.fixture
async def table(admin):
    await admin.execute("create table budget.walked (id uuid, place int, kind text, updated_at timestamptz)")
    await admin.execute("grant select on budget.walked to budget_app")
    yield admin
    await admin.execute("drop table budget.walked")


async def add(
    admin, *places: int, kind: str = "a", id_: uuid.UUID | None = None, at: datetime = NOON
) -> None:
    rows = [(id_ or uuid.uuid4(), place, kind, at) for place in places]
    await admin.executemany("insert into budget.walked values ($1, $2, $3, $4)", rows)


async def read(db, pages: Pages, limit: int, after=None, **asked):
    async with db.begin(a_caller(), single=True) as tx:
        return await pages.read(tx, limit, after, **asked)


async def test_each_row_comes_once_while_rows_are_added_behind_and_ahead(db, table):
    await add(table, *(place // 2 for place in range(20, 40)))
    met, after = [], None
    while len(rows := await read(db, BY_PLACE, 3, after, kind="a")) > 3:
        met += rows[:3]
        after = (met[-1]["place"], met[-1]["id"])
        await add(table, 1, met[-1]["place"] - 1)
        await add(table, *([30] if len(met) < 10 else []))
    met += rows
    assert len({row["id"] for row in met}) == len(met)
    assert [row["place"] for row in met] == sorted([*(place // 2 for place in range(20, 40)), 30, 30, 30])
    keys = [(row["place"], row["id"]) for row in met]
    assert keys == sorted(keys)


async def test_a_page_holds_one_row_more_than_was_asked_for_and_only_what_the_filter_names(db, table):
    await add(table, 1, 2, 3, 4)
    await add(table, 5, 6, kind="b")
    assert [row["place"] for row in await read(db, BY_PLACE, 2, kind="a")] == [1, 2, 3]
    assert [row["place"] for row in await read(db, BY_PLACE, 9, kind="b")] == [5, 6]


async def test_a_third_key_tells_rows_of_one_id_apart(db, table):
    one = uuid.uuid4()
    for kind in ("c", "a", "b"):
        await add(table, 1, kind=kind, id_=one)
    assert [row["kind"] for row in await read(db, BY_KIND_TOO, 9)] == ["a", "b", "c"]
    assert [row["kind"] for row in await read(db, BY_KIND_TOO, 9, (1, one, "a"))] == ["b", "c"]


@pytest.mark.parametrize(
    ("within", "found"),
    [
        ((NOON, NOON + TICK), [2]),
        ((NOON, None), [2, 3]),
        ((None, NOON), [1]),
        ((NOON - TICK, NOON), [1]),
        ((NOON + TICK + TICK, None), []),
        ((NOON, NOON), []),
        ((None, None), [1, 2, 3]),
    ],
)
async def test_a_window_begins_with_its_first_instant_and_ends_before_its_last(db, table, within, found):
    for place, at in enumerate((NOON - TICK, NOON, NOON + TICK), start=1):
        await add(table, place, at=at)
    rows = await read(db, BY_PLACE, 9, within=within, kind="a")
    assert [row["place"] for row in rows] == found
    if found:
        after = (rows[0]["place"], rows[0]["id"])
        rest = await read(db, BY_PLACE, 9, after, within=within, kind="a")
        assert [row["place"] for row in rest] == found[1:]


async def test_a_list_without_an_instant_of_change_takes_no_window(db, table):
    with pytest.raises(KeyError):
        await read(db, UNWINDOWED, 9, within=(NOON, None), kind="a")
