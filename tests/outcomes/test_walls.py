"""The two walls, each alone: raw SQL under row-level security, and the scoped query without it; and the triggers."""

import uuid
from contextlib import asynccontextmanager

import asyncpg
import pytest

from services.outcomes.store import (
    baselines,
    comparators,
    completeness,
    frameworks,
    indicators,
    obligations,
    observations,
    populations,
    returns,
    revisions,
    scorecards,
    targets,
)
from shared.context import settings_of
from shared.db import Database
from shared.errors import Refusal
from tests.outcomes.plymouth import Plymouth
from tests.outcomes.story import KINDS, Story

BELOW = (
    "indicator_placings",
    "comparator_values",
    "target_milestones",
    "obligation_indicators",
    "due_returns",
    "return_drafts",
    "return_values",
    "return_moves",
)
STORES = {
    "frameworks": frameworks,
    "indicators": indicators,
    "baselines": baselines,
    "targets": targets,
    "comparators": comparators,
    "populations": populations,
    "obligations": obligations,
    "returns": returns,
    "observations": observations,
}


@pytest.fixture(scope="module")
async def story(client_for):
    plymouth = Plymouth()
    return await Story(plymouth, await plymouth.clients(client_for)).tell()


@asynccontextmanager
async def acting(stack, caller, role="app"):
    """A raw connection as the service's own role, inside a transaction of this caller that is never kept."""
    connection = await stack.connect("outcomes", role)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for name, value in settings_of(caller) if caller else ():
            await connection.execute("select set_config($1, $2, true)", name, value)
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


@pytest.fixture(scope="module")
async def open_database(stack):
    """A database whose role is not bound by row-level security: the scoped query stands alone."""
    superuser = await stack.superuser()
    await superuser.execute("create role outcomes_open login bypassrls password 'open' in role outcomes_app")
    database = await Database.open(stack.cluster.dsn("outcomes_open", "open"), "outcomes")
    yield database
    await database.close()
    await superuser.execute("drop role outcomes_open")
    await superuser.close()


@pytest.mark.parametrize("table", [*KINDS, *BELOW])
async def test_raw_sql_finds_nothing_of_another_partnership_and_nothing_at_all_as_nobody(stack, story, table):
    for caller in (story.plymouth.callers["stranger"], None):
        async with acting(stack, caller) as connection:
            assert await connection.fetchval(f"select count(*) from {table}") == 0
    async with acting(stack, story.plymouth.callers["council"]) as connection:
        hidden = {"return_drafts", "target_milestones"}
        assert (await connection.fetchval(f"select count(*) from {table}") == 0) == (table in hidden)


@pytest.mark.parametrize("kind", KINDS)
async def test_row_level_security_alone_shows_each_role_exactly_its_rows(stack, story, kind):
    for name, caller in story.plymouth.callers.items():
        should = {story.ids[kind][each] for each, who in story.expected[kind].items() if name in who}
        async with acting(stack, caller) as connection:
            rows = await connection.fetch(f"select id from {kind}")
        assert {str(row["id"]) for row in rows} == should, name


@pytest.mark.parametrize("kind", KINDS)
async def test_the_scoped_query_alone_shows_each_role_exactly_its_rows(open_database, story, kind):
    for name, caller in story.plymouth.callers.items():
        should = {story.ids[kind][each] for each, who in story.expected[kind].items() if name in who}
        seen = set()
        async with open_database.begin(caller) as tx:
            for id_ in story.ids[kind].values():
                try:
                    seen.add(str((await STORES[kind].get(tx, uuid.UUID(id_))).id))
                except Refusal as refusal:
                    assert refusal.code == "not_found"
        assert seen == should, name


async def test_the_scoped_query_alone_keeps_drafts_histories_and_scorecards_apart(open_database, story):
    partnership = story.plymouth.partnership
    sent = uuid.UUID(story.ids["returns"]["community submitted"])
    from datetime import date

    counts = {}
    for name, caller in story.plymouth.callers.items():
        async with open_database.begin(caller) as tx:
            owed = await completeness.page(
                tx,
                200,
                None,
                as_at=date(2016, 1, 1),
                outstanding=False,
                with_forms=True,
                partnership_id=partnership,
                contract_id=None,
                provider_organisation_id=None,
                financial_year=None,
            )
            lines = await scorecards.facts(tx, partnership, date(2016, 1, 1), None)
            raw = sum(each.latest is not None and each.latest.numerator is not None for each in lines)
            counts[name] = (len(owed), len(await revisions.of_return(tx, sent)), len(lines), raw)
    assert counts == {
        "council": (10, 1, 5, 1),
        "ccg": (10, 1, 5, 1),
        "kernow": (5, 1, 2, 1),
        "community": (5, 1, 2, 1),
        "hospital": (5, 0, 2, 0),
        "board": (0, 0, 5, 0),
        "auditor": (8, 1, 5, 1),
        "auditor_of_ccg": (0, 0, 5, 0),
        "stranger": (0, 0, 0, 0),
    }


async def test_nobody_writes_into_another_organisations_name(stack, story):
    p = story.plymouth
    framework = "insert into frameworks (id, partnership_id, owner_organisation_id, name, edition) values ($1, $2, $3, $4, '1')"
    for name, partnership, owner in (
        ("council", p.partnership, p.ccg),
        ("stranger", p.partnership, p.callers["stranger"].organisation_id),
        ("community", p.partnership, p.community),
        ("board", p.partnership, p.board),
    ):
        async with acting(stack, p.callers[name]) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(framework, uuid.uuid4(), partnership, owner, uuid.uuid4().hex)
    async with acting(stack, p.callers["council"]) as connection:
        await connection.execute(framework, uuid.uuid4(), p.partnership, p.council, "of its own")


RETURN = "returns where id = $1"
MOVE = "update returns set state = '{0}', version = version + 1 where id = $1"
SEND = (
    "update returns set state = 'validated', revision = revision + 1, submitted_at = clock_timestamp(),"
    " version = version + 1 where id = $1"
)


@pytest.mark.parametrize(
    ("name", "record", "statement", "constraint"),
    [
        ("council", "hospital returned", SEND, "returns_submitter"),
        ("hospital", "hospital accepted", MOVE.format("locked"), "returns_decider"),
        ("community", "community submitted", MOVE.format("accepted"), "returns_decider"),
        ("community", "community submitted", MOVE.format("returned"), "returns_decider"),
        ("council", "community submitted", MOVE.format("locked"), "returns_move"),
        ("council", "community accepted", MOVE.format("validated"), "returns_move"),
        (
            "council",
            "community submitted",
            "update returns set version = version + 1 where id = $1",
            "returns_move",
        ),
        (
            "community",
            "community draft",
            "update returns set revision = 7, version = version + 1 where id = $1",
            "returns_move",
        ),
        (
            "community",
            "community draft",
            "update returns set days_late = 0 where id = $1",
            "returns_versioned",
        ),
        ("community", "community draft", MOVE.format("submitted"), "returns_submitter"),
    ],
)
async def test_the_database_too_refuses_a_move_that_is_not_the_movers(
    stack, story, name, record, statement, constraint
):
    async with acting(stack, story.plymouth.callers[name]) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await connection.execute(statement, uuid.UUID(story.ids["returns"][record]))
        assert refused.value.constraint_name == constraint


@pytest.mark.parametrize("name", ["ccg", "kernow", "auditor", "board", "hospital", "stranger"])
async def test_who_neither_provides_nor_leads_moves_no_row(stack, story, name):
    async with acting(stack, story.plymouth.callers[name]) as connection:
        for record in ("community submitted", "community accepted", "community draft"):
            done = await connection.execute(MOVE.format("accepted"), uuid.UUID(story.ids["returns"][record]))
            assert done == "UPDATE 0"


async def test_a_revision_is_frozen_and_a_draft_moves_only_with_its_provider(stack, story):
    sent = uuid.UUID(story.ids["returns"]["community submitted"])
    copied = (
        "insert into return_values select return_id, revision, $2::uuid, obligation_id, period, partnership_id,"
        " owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year, 1, 'actual'"
        " from return_values where return_id = $1 limit 1"
    )
    deaths = uuid.UUID(story.ids["indicators"]["deaths"])
    async with acting(stack, story.plymouth.callers["community"]) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await connection.execute(copied, sent, deaths)
        assert refused.value.constraint_name == "return_values_frozen"
    for statement in (
        "update return_drafts set value = 1 where return_id = $1",
        "delete from return_drafts where return_id = $1",
    ):
        async with acting(stack, story.plymouth.callers["community"]) as connection:
            with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
                await connection.execute(statement, sent)
            assert refused.value.constraint_name == "return_drafts_open"


async def test_an_observation_is_made_only_by_an_acceptance(stack, story):
    sent = uuid.UUID(story.ids["returns"]["community submitted"])
    made_up = (
        "insert into observations (return_id, revision, indicator_id, obligation_id, period, partnership_id,"
        " owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year, contract_id, last_day,"
        " value, status) select v.return_id, v.revision, v.indicator_id, v.obligation_id, v.period, v.partnership_id,"
        " v.owner_organisation_id, v.lead_organisation_id, v.reader_organisation_ids, v.financial_year, r.contract_id,"
        " r.last_day, 1, 'actual' from return_values v join returns r on r.id = v.return_id where r.id = $1 limit 1"
    )
    async with acting(stack, story.plymouth.callers["council"]) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await connection.execute(made_up, sent)
        assert refused.value.constraint_name == "observations_accepted"
    async with acting(stack, story.plymouth.callers["community"]) as connection:
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(made_up, sent)


@pytest.mark.parametrize(
    "table", [each for each in (*KINDS, *BELOW) if each not in {"returns", "return_drafts"}]
)
async def test_what_is_recorded_is_never_edited_by_the_app_nor_by_the_owner(stack, story, table):
    async with acting(stack, story.plymouth.callers["council"]) as connection:
        for statement in (
            f"update {table} set partnership_id = partnership_id",
            f"delete from {table}",
            f"truncate {table}",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(statement)
    superuser = await stack.superuser()
    try:
        await superuser.execute("set search_path = outcomes")
        if await superuser.fetchval(f"select count(*) from {table}"):
            for statement in (f"update {table} set partnership_id = partnership_id", f"delete from {table}"):
                with pytest.raises(asyncpg.PostgresError, match="append-only"):
                    await superuser.execute(statement)
        with pytest.raises(asyncpg.PostgresError, match=r"append-only|foreign key"):
            await superuser.execute(f"truncate {table}")
    finally:
        await superuser.close()


async def test_every_table_of_the_schema_is_behind_forced_row_level_security(stack):
    superuser = await stack.superuser()
    try:
        rows = await superuser.fetch(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'outcomes'"
            " and c.relkind in ('r', 'v', 'm', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)"
        )
        definers = await superuser.fetch(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = 'outcomes' and p.prosecdef"
        )
    finally:
        await superuser.close()
    assert {row["relname"] for row in rows} == {"alembic_version"}
    assert definers == []
