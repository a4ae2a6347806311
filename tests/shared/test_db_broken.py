"""Transactions cut off: cancelled, killed, locked out. Nothing foreign, nothing left open, nothing lost unsaid."""
# ruff: noqa: PT012 a refusal comes out of a whole transaction

import asyncio
import random
import uuid

import asyncpg
import pytest

from shared.caller import Caller
from shared.db import Database, Prepared
from shared.errors import Refusal
from tests.stack import a_caller

TASKS = 500
_ADD = Prepared(
    "insert into events (what, thing, thing_id, owner_organisation_id) values ('stress', 'x', $1, $2)",
    ("id", "owner"),
    {},
)
_SEEN = Prepared(
    "select thing_id, owner_organisation_id, budget.ctx_client() as client from events where what = 'stress'",
    (),
    {},
)
_PID = Prepared("select pg_backend_pid() as pid", (), {})


async def left_open(admin) -> int:
    return await admin.fetchval(
        "select count(*) from pg_stat_activity where usename = 'budget_app' and pid <> pg_backend_pid()"
        " and (state like 'idle in transaction%' or xact_start is not null)"
    )


async def test_cancelled_at_any_moment_nothing_foreign_is_seen_and_nothing_stays_open(stack, admin):
    """500 tasks of many organisations over four sessions, half of them cancelled at a random moment."""
    loop, complaints = asyncio.get_running_loop(), []
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context["message"]))
    db = await Database.open(stack.url("budget"), "budget", 4)
    chance = random.Random(2014)
    callers = [a_caller() for _ in range(7)]
    told: list[tuple[Caller, uuid.UUID]] = []
    foreign: list[object] = []
    cut = 0

    async def work(caller, kind: int) -> None:
        id_ = uuid.UUID(int=chance.getrandbits(128))
        async with db.begin(caller, write=kind == 0, single=kind == 1) as tx:
            if kind == 0:
                await tx.do(_ADD, id=id_, owner=caller.organisation_id)
            rows = await tx.all(_SEEN)
            foreign.extend(row for row in rows if row["owner_organisation_id"] != caller.organisation_id)
            foreign.extend(row for row in rows if row["client"] != caller.client_id)
        if kind == 0:
            told.append((caller, id_))

    async def maybe_cancelled(number: int) -> None:
        nonlocal cut
        task = asyncio.create_task(work(callers[number % 7], number % 3))
        if chance.random() < 0.5:
            await asyncio.sleep(chance.random() * 0.01)
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            cut += 1

    try:
        for start in range(0, TASKS, 10):
            await asyncio.gather(*(maybe_cancelled(start + n) for n in range(10)))
        assert foreign == []
        assert cut > 40, "too few were cut off for this to say anything"
        assert len(told) > 40
        for caller, id_ in told:
            async with db.begin(caller) as tx:
                assert id_ in {row["thing_id"] for row in await tx.all(_SEEN)}
        await asyncio.sleep(0.05)
        assert await left_open(admin) == 0
        assert complaints == []
    finally:
        await db.close()
        loop.set_exception_handler(before)


async def test_a_killed_session_is_an_outage_and_at_the_commit_an_unknown_outcome(stack, admin):
    db = await Database.open(stack.url("budget"), "budget", 2)
    caller = a_caller()
    try:
        for write, at_commit, code in (
            (True, True, "outcome_unknown"),
            (False, True, "database_unavailable"),
            (True, False, "database_unavailable"),
        ):
            with pytest.raises(Refusal) as refused:
                async with db.begin(caller, write=write) as tx:
                    pid = (await tx.one(_PID))["pid"]
                    await admin.execute("select pg_terminate_backend($1, 2000)", pid)
                    if not at_commit:
                        await tx.all(_SEEN)
            assert refused.value.code == code
            assert refused.value.retry_after == 1
        async with db.begin(caller, single=True) as tx:
            assert await tx.all(_SEEN) == []
        await db.ping()
    finally:
        await db.close()


async def test_whoever_is_locked_out_hears_that_nothing_was_recorded(stack, admin):
    db = await Database.open(stack.url("budget"), "budget", 2)
    caller = a_caller()
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute("lock table budget.events in exclusive mode")
        with pytest.raises(Refusal) as refused:
            async with db.begin(caller, write=True) as tx:
                await tx.do(Prepared("set local lock_timeout = '50ms'", (), {}))
                await tx.do(_ADD, id=uuid.uuid4(), owner=caller.organisation_id)
        assert refused.value.code == "database_busy"
    finally:
        await transaction.rollback()
    async with db.begin(caller, write=True) as tx:
        assert await tx.all(_SEEN) == []
    await db.close()


async def test_a_database_that_is_not_there_is_unavailable(stack):
    db = await Database.open(stack.url("budget"), "budget", 1)
    await db.close()
    with pytest.raises(Refusal) as refused:
        async with db.begin(a_caller()):
            pass
    assert refused.value.code == "database_unavailable"


async def endless_rows():
    """Rows until nobody takes them any more."""
    while True:
        yield [["x" * 1000]] * 100
        await asyncio.sleep(0)


@pytest.mark.parametrize("end", ["killed", "left waiting"])
async def test_rows_that_nobody_reads_any_more_are_an_outage_and_not_a_wait_for_ever(stack, admin, end):
    """The buffer is full, since the session waits for a lock: then the driver alone hears of nothing."""
    db = await Database.open(stack.url("budget"), "budget", 1)
    transaction = admin.transaction()
    await transaction.start()
    await admin.execute("lock table budget.events in access exclusive mode")

    async def send() -> None:
        async with db.begin(a_caller(), write=True) as tx:
            await tx.take_time(60 if end == "killed" else 1)
            await tx.do(Prepared("set local statement_timeout = 0", (), {}))
            await tx.do(Prepared("set local lock_timeout = 0", (), {}))
            await tx.copy("events", ["what"], endless_rows())

    try:
        sending = asyncio.create_task(send())
        held = "select pid from pg_stat_activity where query like 'COPY%' and wait_event_type = 'Lock'"
        while (pid := await admin.fetchval(held)) is None:
            assert not sending.done(), sending.exception()
            await admin.execute("select pg_stat_clear_snapshot()")
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # enough for the buffer to fill
        if end == "killed":
            await admin.execute("select pg_terminate_backend($1, 2000)", pid)
        with pytest.raises(Refusal) as refused:
            await asyncio.wait_for(sending, 10)
        assert refused.value.code == ("database_unavailable" if end == "killed" else "database_busy")
    finally:
        await transaction.rollback()
    async with db.begin(a_caller(), write=True) as tx:
        assert await tx.all(_SEEN) == []
    await db.close()


async def test_a_commit_has_the_time_that_its_transaction_took(stack, admin, monkeypatch):
    """What an import wrote is checked at its commit, which may last longer than a statement of other requests may."""
    pools = asyncpg.create_pool
    monkeypatch.setattr(
        asyncpg, "create_pool", lambda url, **how: pools(url, **{**how, "command_timeout": 0.5})
    )
    await admin.execute(
        "create table budget.checked_late (n integer);"
        "create function budget.check_late() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(1); return null; end $$;"
        "create constraint trigger late after insert on budget.checked_late deferrable initially deferred"
        " for each row execute function budget.check_late();"
        "grant insert on budget.checked_late to budget_app;"
    )
    db, add = (
        await Database.open(stack.url("budget"), "budget", 2),
        Prepared("insert into checked_late values (1)", (), {}),
    )
    try:
        async with db.begin(a_caller(), write=True) as tx:
            await tx.take_time(20)
            await tx.do(add)
        with pytest.raises(Refusal) as refused:
            async with db.begin(a_caller(), write=True) as tx:
                await tx.do(add)
        assert refused.value.code == "outcome_unknown"
        assert await admin.fetchval("select count(*) from budget.checked_late") >= 1
    finally:
        await db.close()
        await admin.execute("drop table budget.checked_late; drop function budget.check_late()")
