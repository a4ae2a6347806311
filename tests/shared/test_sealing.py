"""The sealer: every committed change gets one link, in order, however late it was committed; none is skipped."""

import asyncio
import random
import uuid

import asyncpg
import msgspec
import pytest
from alembic import command

from shared import sealing
from shared.chain import beginning, leaf_of, next_hash, record_of
from shared.db import Database, Prepared
from shared.idempotency import tell
from shared.migrate import _config, migrate
from shared.sealing import NOBODY, seal_all, seal_some
from tests.shared.changes import a_change, write, write_many
from tests.stack import a_caller, running_stack


@pytest.fixture
async def two(stack):
    """Two sealers' databases, as two processes have them."""
    opened = [await Database.open(stack.url("budget"), "budget", 1, name="budget-seal") for _ in range(2)]
    yield opened
    for each in opened:
        await each.close()


async def chain_of(admin):
    rows = await admin.fetch(
        "select l.position, l.id, l.leaf, l.hash from budget.chain_links l order by l.position"
    )
    return rows


async def unsealed(admin) -> int:
    return await admin.fetchval(
        "select count(*) from budget.audit_events a"
        " where not exists (select from budget.chain_links l where l.id = a.id)"
    )


async def test_each_change_gets_one_link_that_follows_the_one_before(db, two, admin):
    ours = a_caller()
    await write(db, ours, *(a_change(ours.organisation_id, facts={"n": n, "of": "ä"}) for n in range(7)))
    await seal_all(two[0], "budget")
    assert await unsealed(admin) == 0
    links = await chain_of(admin)
    assert [each["position"] for each in links] == list(range(1, len(links) + 1))
    rows = {row["id"]: row for row in await db_rows(admin)}
    before = beginning("budget")
    for link in links:
        leaf = leaf_of(record_of(rows[link["id"]]))
        assert leaf == link["leaf"]
        before = next_hash(before, link["position"], leaf)
        assert before == link["hash"]


async def db_rows(admin):
    await admin.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=msgspec.json.decode)
    return await admin.fetch("select * from budget.audit_events")


async def test_a_change_that_is_committed_late_is_not_skipped(db, two, admin):
    """It was recorded before others that were sealed meanwhile, so a sealer that went on from the last time misses it."""
    ours = a_caller()
    late, prompt = a_change(ours.organisation_id), a_change(ours.organisation_id)
    async with db.begin(ours, write=True) as tx:
        await tell(tx, [late])
        await write(db, ours, prompt)
        for _ in range(3):
            await seal_all(two[0], "budget")
    assert await unsealed(admin) == 1
    await seal_all(two[0], "budget")
    assert await unsealed(admin) == 0
    placed = dict(
        await admin.fetch(
            "select a.thing_id, l.position from budget.chain_links l join budget.audit_events a using (id)"
            " where a.thing_id = any ($1)",
            [late.thing_id, prompt.thing_id],
        )
    )
    assert placed[prompt.thing_id] < placed[late.thing_id]


async def test_a_sealer_without_the_guard_skips_it(db, two, admin, monkeypatch):
    """The test of the test above: without the guard the change is lost, and the metric and the proof say so."""
    monkeypatch.setattr(sealing, "_SETTLED", Prepared("select clock_timestamp() as until", (), {}))
    ours = a_caller()
    async with db.begin(ours, write=True) as tx:
        await tell(tx, [a_change(ours.organisation_id)])
        await seal_all(two[0], "budget")
    await seal_all(two[0], "budget")
    try:
        assert await unsealed(admin) == 1
    finally:  # the tests that follow want a whole chain
        await admin.execute("update budget.sealing set settled_until = '-infinity'")
        monkeypatch.undo()
        await seal_all(two[0], "budget")
        assert await unsealed(admin) == 0


async def test_one_seals_at_a_time(db, two, admin):
    async with two[0].begin(NOBODY, write=True) as tx:
        assert (await tx.one(sealing._ALONE, service="budget"))["alone"]
        assert await seal_some(two[1], "budget") is None
    assert await seal_some(two[1], "budget") is not None


async def test_a_killed_sealer_leaves_nothing_half_done(db, two, admin):
    ours = a_caller()
    await write(db, ours, *(a_change(ours.organisation_id) for _ in range(5)))
    before = len(await chain_of(admin))

    async def dying():
        async with two[0].begin(NOBODY, write=True) as tx:
            rows = await tx.all(sealing._UNSEALED, most=3)
            leaves = [leaf_of(record_of(row)) for row in rows]
            await tx.one(
                sealing._SEAL, ids=[row["id"] for row in rows], leaves=leaves, settled=rows[0]["recorded_at"]
            )
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'budget-seal-write'"
            )
            await tx.one(sealing._POSITION)

    with pytest.raises(Exception, match="database"):
        await dying()
    assert len(await chain_of(admin)) == before
    await seal_all(two[1], "budget")
    assert await unsealed(admin) == 0


async def test_writers_and_two_sealers_at_once(db, two, admin):
    seed = 20261130
    print("seed", seed)
    done = asyncio.Event()

    async def seal_on(one):
        while not done.is_set():
            await seal_some(one, "budget", 50)
            await asyncio.sleep(0.001)

    sealers = [asyncio.create_task(seal_on(each)) for each in two]
    callers = [a_caller() for _ in range(5)]
    written = await asyncio.gather(
        *(write_many(db, each, 60, random.Random(seed + n)) for n, each in enumerate(callers))
    )
    done.set()
    await asyncio.gather(*sealers)
    await seal_all(two[0], "budget")
    assert await unsealed(admin) == 0
    sealed = await admin.fetch(
        "select a.thing_id from budget.chain_links l join budget.audit_events a using (id) where a.thing_id = any ($1)",
        [each for ids in written for each in ids],
    )
    assert sorted(row["thing_id"] for row in sealed) == sorted(each for ids in written for each in ids)


@pytest.mark.parametrize(
    "statement",
    [
        "update budget.chain_links set leaf = leaf",
        "delete from budget.chain_links",
        "truncate budget.chain_links",
        "delete from budget.feed_entries",
        "delete from budget.sealing",
    ],
)
async def test_nobody_edits_the_chain(db, two, admin, statement):
    ours = a_caller()
    await write(db, ours, a_change(ours.organisation_id))
    await seal_all(two[0], "budget")
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await admin.execute(statement)


async def test_what_was_recorded_before_is_paired_and_sealed(tmp_path):
    """A data folder of before: its events get their audit rows' ids, and all of it gets links."""
    with running_stack(tmp_path, services=()) as old:
        await asyncio.to_thread(
            command.upgrade, _config("contracts", old.url("contracts", "migrate")), "0004"
        )
        superuser = await old.superuser()
        owner = uuid.uuid4()
        for n in range(12):
            thing = uuid.uuid4()
            await superuser.execute(
                "with a as (insert into contracts.audit_events (what, thing, thing_id, owner_organisation_id,"
                " actor_organisation_id, actor_client_id) select 'w', 't', $1, $2, $2, $2 from generate_series(1, $3))"
                " insert into contracts.events (what, thing, thing_id, owner_organisation_id)"
                " select 'w', 't', $1, $2 from generate_series(1, $3)",
                thing,
                owner,
                1 + n % 3,
            )
        assert await asyncio.to_thread(migrate, "contracts", old.url("contracts", "migrate")) >= "0005"
        assert (
            await superuser.fetchval(
                "select count(*) from contracts.events join contracts.audit_events using (id, thing_id)"
            )
            == 24
        )
        forced = await superuser.fetch(
            "select relname from pg_class where relnamespace = 'contracts'::regnamespace and relkind = 'r'"
            " and not relforcerowsecurity"
        )
        assert [row["relname"] for row in forced] == ["alembic_version"]
        db = await Database.open(old.url("contracts"), "contracts", 1)
        assert await seal_all(db, "contracts") == 24
        await db.close()
        assert await superuser.fetchval("select count(*) from contracts.feed_entries") == 24
        await superuser.close()


async def test_rows_that_do_not_belong_together_stop_the_migration(tmp_path):
    with running_stack(tmp_path, services=()) as old:
        await asyncio.to_thread(
            command.upgrade, _config("contracts", old.url("contracts", "migrate")), "0004"
        )
        superuser = await old.superuser()
        await superuser.execute(
            "insert into contracts.events (what, thing, thing_id, owner_organisation_id)"
            " values ('w', 't', gen_random_uuid(), gen_random_uuid())"
        )
        await superuser.close()
        with pytest.raises(
            asyncpg.PostgresError, match="of 1 events and 0 audit rows only 0 belong together"
        ):
            await asyncio.to_thread(migrate, "contracts", old.url("contracts", "migrate"))


async def test_a_long_chain_is_looked_up_and_not_read(db, two, admin):
    """What is new is found by its id: reading the chain through would take longer with every change ever made."""
    ours = a_caller()
    await write(db, ours, a_change(ours.organisation_id))
    await seal_all(two[0], "budget")
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(
            "set local session_replication_role = replica; set local search_path = budget;"
            " create temporary table one on commit drop as select * from audit_events limit 1;"
            " insert into audit_events select (jsonb_populate_record(null::audit_events, to_jsonb(one)"
            " || jsonb_build_object('id', gen_random_uuid(), 'recorded_at', s.settled_until - n * interval '1 second'))).*"
            " from one, sealing s, generate_series(1, 20000) n;"
            " insert into chain_links (position, id, leaf, hash) select 1000000000 + row_number() over (), a.id,"
            " sha256('x'), sha256('y') from audit_events a where not exists (select from chain_links l where l.id = a.id);"
            " insert into audit_events select (jsonb_populate_record(null::audit_events, to_jsonb(one)"
            " || jsonb_build_object('id', gen_random_uuid(), 'recorded_at', s.settled_until + n * interval '1 second'))).*"
            " from one, sealing s, generate_series(1, 5) n; analyze audit_events, chain_links"
        )
        read = "select seq_scan from pg_stat_xact_user_tables where relid = 'budget.chain_links'::regclass"
        before = await admin.fetchval(read)
        assert len(await admin.fetch("select * from unsealed(500)")) == 5
        assert await admin.fetchval("select count_unsealed('-1 hours')") == 5
        assert await admin.fetchval(read) == before
    finally:
        await transaction.rollback()
