"""The only way to the database: no caller no transaction, a context that ends with it, and answers when it breaks."""
# ruff: noqa: PT012 a refusal comes out of a whole transaction

import asyncio
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import ARRAY, Uuid, any_, bindparam, column, select, table

from shared.caller import Caller
from shared.db import Database, Prepared, prepare, refuse_constraint
from shared.errors import Kind, Refusal, reason
from tests.shared.events import ADD, BY_ID, MINE, add, fail
from tests.stack import a_caller

PLANTED = reason("planted_for_a_test", Kind.CONFLICT, "This was planted for a test.")


@pytest.mark.parametrize("nobody", [None, "", {}, object(), Caller])
@pytest.mark.parametrize("how", [{}, {"write": True}, {"single": True}])
async def test_without_a_caller_there_is_no_transaction(db, nobody, how):
    with pytest.raises(TypeError, match="needs the caller"):
        async with db.begin(nobody, **how):
            pass


async def test_something_that_looks_like_a_caller_is_none(db):
    @dataclass
    class Looks:
        client_id = organisation_id = uuid.uuid4()
        organisations = ()

    with pytest.raises(TypeError):
        async with db.begin(Looks()):
            pass


async def test_a_single_read_asks_and_does_nothing_else(db):
    async with db.begin(a_caller(), single=True) as tx:
        with pytest.raises(TypeError, match="single"):
            await tx.do(MINE)
        with pytest.raises(TypeError, match="single"):
            await tx.many(ADD, [])


@pytest.mark.parametrize("how", [{}, {"snapshot": True}])
async def test_a_reading_transaction_refuses_every_write(db, how):
    caller = a_caller()
    for statement in (
        "insert into events (what, thing, thing_id, owner_organisation_id) values ('planted', 'x', $1, $1)",
        "with added as (insert into events (what, thing, thing_id, owner_organisation_id) select 'x', 'x', $1, $1) select 1",
    ):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            async with db.begin(caller, **how) as tx:
                await tx.all(Prepared(statement, ("id",), {}), id=caller.organisation_id)
    with pytest.raises(asyncpg.PostgresError, match="read-write mode"):
        async with db.begin(caller, **how) as tx:
            await tx.do(Prepared("set transaction read write", (), {}))


async def test_a_single_read_runs_in_a_session_that_refuses_writes(db):
    async with db.begin(a_caller(), single=True) as tx:
        row = await tx.one(Prepared("select current_setting('transaction_read_only') as read_only", (), {}))
    assert row["read_only"] == "on"
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.begin(a_caller(), single=True) as tx:
            await tx.one(Prepared("select lo_create(0)", (), {}))


async def test_a_snapshot_sees_one_instant_and_other_reads_do_not(db):
    caller = a_caller()
    for how, grows in (({"snapshot": True}, False), ({}, True)):
        async with db.begin(caller, **how) as reading:
            before = len(await reading.all(MINE))
            async with db.begin(caller, write=True) as tx:
                await add(tx, caller.organisation_id)
            assert (len(await reading.all(MINE)) > before) is grows


async def test_an_exception_leaves_nothing_behind(db):
    caller, id_ = a_caller(), uuid.uuid4()
    with pytest.raises(LookupError):
        async with db.begin(caller, write=True) as tx:
            await add(tx, caller.organisation_id, id_)
            fail()
    async with db.begin(caller) as tx:
        assert await tx.maybe(BY_ID, id=id_) is None


async def test_a_failure_that_is_passed_over_is_not_a_success(db):
    """The server answers a commit after a failed statement with ROLLBACK, and raises nothing."""
    caller, id_ = a_caller(), uuid.uuid4()
    with pytest.raises(RuntimeError, match="nothing was recorded"):
        async with db.begin(caller, write=True) as tx:
            await add(tx, caller.organisation_id, id_)
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.all(Prepared("select 1 / 0", (), {}))
    async with db.begin(caller) as tx:
        assert await tx.maybe(BY_ID, id=id_) is None


@pytest.mark.parametrize("how", [{}, {"write": True}, {"single": True}])
async def test_a_transaction_is_of_no_use_after_its_end(db, how):
    async with db.begin(a_caller(), **how) as tx:
        await tx.all(MINE)
    with pytest.raises(asyncpg.InterfaceError):
        await tx.all(MINE)


async def test_a_constraint_speaks_with_the_reason_declared_for_it(db, monkeypatch):
    monkeypatch.setattr("shared.constraint._CONSTRAINTS", {})
    caller = a_caller()
    key = Prepared(
        "insert into idempotency_keys (owner_client_id, operation, key, digest, status, body)"
        " values ($1, 'planted', 'x', '', 201, '')",
        ("client",),
        {},
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.begin(caller, write=True) as tx:
            await tx.do(key, client=caller.client_id)
            await tx.do(key, client=caller.client_id)
    refuse_constraint("idempotency_keys_pkey", PLANTED, "/id")
    refuse_constraint("idempotency_keys_pkey", PLANTED, "/id")
    with pytest.raises(ValueError, match="already stands for planted_for_a_test"):
        refuse_constraint("idempotency_keys_pkey", PLANTED, "/other")
    with pytest.raises(Refusal) as refused:
        async with db.begin(caller, write=True) as tx:
            await tx.do(key, client=caller.client_id)
            await tx.do(key, client=caller.client_id)
    assert refused.value.code == "planted_for_a_test"
    assert refused.value.faults[0].pointer == "/id"


PEOPLE = table("people", column("id", Uuid), column("name"), column("home", Uuid), schema="budget")


def test_a_statement_is_compiled_once_with_its_arguments_in_order():
    statement = prepare(
        select(PEOPLE.c.name)
        .where(PEOPLE.c.home == bindparam("home", type_=Uuid), PEOPLE.c.name != "nobody")
        .where(PEOPLE.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        .limit(bindparam("most"))
    )
    home, ids = uuid.uuid4(), [uuid.uuid4()]
    assert statement.arguments({"ids": ids, "most": 3, "home": home}) == [home, "nobody", ids, 3]
    assert "nobody" not in statement.sql
    with pytest.raises(KeyError, match="home"):
        statement.arguments({"ids": ids, "most": 3})


async def test_values_go_round_as_python_knows_them(db):
    asked = Prepared(
        "select $1::jsonb as facts, $2::numeric as rate, $3::timestamptz as at, $4::uuid as id, $5::bigint as pence",
        ("facts", "rate", "at", "id", "pence"),
        {},
    )
    values = {
        "facts": {"é": [1, None, "x", {"deep": True}]},
        "rate": Decimal("13.10"),
        "at": datetime(2014, 4, 1, 9, tzinfo=UTC),
        "id": uuid.uuid4(),
        "pence": -(10**15),
    }
    for how in ({"write": True}, {"single": True}):
        async with db.begin(a_caller(), **how) as tx:
            row = dict(await tx.one(asked, **values))
        assert row == values
        assert str(row["rate"]) == "13.10"


async def test_many_rows_are_added_in_one_batch_and_counted(db):
    caller = a_caller()
    async with db.begin(caller, write=True) as tx:
        await tx.many(
            ADD, ({"thing": "t", "id": uuid.uuid4(), "owner": caller.organisation_id} for _ in range(25))
        )
        assert len(await tx.all(MINE)) == 25
        assert await tx.do(Prepared("select 1 from events where what = 'planted'", (), {})) == 25


async def test_readiness_tells_when_promises_about_durability_are_off(stack, db, admin):
    await db.ping()
    await admin.execute("alter role budget_app set synchronous_commit = off")
    opened = await Database.open(stack.url("budget"), "budget", 1)
    try:
        with pytest.raises(Refusal) as refused:
            await opened.ping()
        assert refused.value.facts == {"switched_off": "synchronous_commit"}
    finally:
        await opened.close()
        await admin.execute("alter role budget_app reset synchronous_commit")


async def test_a_full_pool_says_so_within_seconds(one):
    started = asyncio.get_running_loop().time()
    async with one.begin(a_caller(), write=True):
        with pytest.raises(Refusal) as refused:
            async with one.begin(a_caller(), write=True):
                pass
    assert refused.value.code == "database_unavailable"
    assert refused.value.retry_after == 1
    assert asyncio.get_running_loop().time() - started < 3
