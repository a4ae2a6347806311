"""What the database holds besides row-level security: moves and movers, frozen revisions, append-only history."""

import uuid

import asyncpg
import pytest

from tests.outcomes.raw import acting
from tests.outcomes.story import KINDS, UNDER

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
    "table", [each for each in (*KINDS, *UNDER) if each not in {"returns", "return_drafts"}]
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
