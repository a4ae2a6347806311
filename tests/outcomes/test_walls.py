"""The two walls, each alone: raw SQL under row-level security, and the scoped query without it."""

import uuid
from contextlib import suppress
from datetime import date

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
from shared.errors import Refusal
from tests.outcomes.raw import acting
from tests.outcomes.story import KINDS, UNDER

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


@pytest.mark.parametrize("table", [*KINDS, *UNDER])
async def test_raw_sql_finds_nothing_of_another_partnership_and_nothing_at_all_as_nobody(stack, story, table):
    for caller in (story.plymouth.callers["stranger"], None):
        async with acting(stack, caller) as connection:
            assert await connection.fetchval(f"select count(*) from {table}") == 0
    async with acting(stack, story.plymouth.callers["council"]) as connection:
        hidden = {"return_drafts"}
        assert (await connection.fetchval(f"select count(*) from {table}") == 0) == (table in hidden)


# Who only observes has what is shown of a baseline, in rows of their own.
SHOWN = {("baselines", "board"): "select baseline_id as id from shown_baselines"}


@pytest.mark.parametrize("kind", KINDS)
async def test_row_level_security_alone_shows_each_role_exactly_its_rows(stack, story, kind):
    for name, caller in story.plymouth.callers.items():
        should = {story.ids[kind][each] for each, who in story.expected[kind].items() if name in who}
        async with acting(stack, caller) as connection:
            rows = await connection.fetch(SHOWN.get((kind, name), f"select id from {kind}"))
            if (kind, name) in SHOWN:
                assert await connection.fetch(f"select id from {kind}") == []
        assert {str(row["id"]) for row in rows} == should, name


@pytest.mark.parametrize(
    ("table", "above", "kind"),
    [
        ("indicator_placings", "indicator_id", "indicators"),
        ("comparator_values", "comparator_id", "comparators"),
        ("target_milestones", "target_id", "targets"),
        ("return_values", "return_id", "returns"),
        ("return_moves", "return_id", "returns"),
        ("due_returns", "obligation_id", "obligations"),
    ],
)
async def test_row_level_security_alone_shows_what_stands_below_the_rows_that_a_role_sees(
    stack, story, table, above, kind
):
    superuser = await stack.superuser()
    here = {str(row[0]) for row in await superuser.fetch(f"select distinct {above} from outcomes.{table}")}
    await superuser.close()
    assert here & set(story.ids[kind].values())
    for name, caller in story.plymouth.callers.items():
        should = {story.ids[kind][each] for each, who in story.expected[kind].items() if name in who}
        async with acting(stack, caller) as connection:
            rows = await connection.fetch(f"select distinct {above} from {table}")
        assert {str(row[0]) for row in rows} == should & here, name


async def test_row_level_security_alone_shows_a_draft_to_its_provider_and_years_to_their_auditor(
    stack, story
):
    p = story.plymouth
    drafts, years, asked = {}, {}, {}
    for name, caller in p.callers.items():
        async with acting(stack, caller) as connection:
            drafts[name] = await connection.fetchval(
                "select count(distinct owner_organisation_id) from return_drafts"
            )
            years[name] = await connection.fetchval("select count(distinct financial_year) from due_returns")
            asked[name] = await connection.fetchval("select count(*) from obligation_indicators")
    assert {name for name, count in drafts.items() if count} == {"community", "hospital"}
    assert {name: years[name] for name in ("council", "auditor", "auditor_of_ccg", "board")} == {
        "council": 2,
        "auditor": 1,
        "auditor_of_ccg": 0,
        "board": 0,
    }
    assert asked == {
        "council": 4,
        "ccg": 4,
        "kernow": 2,
        "community": 2,
        "hospital": 2,
        "board": 4,
        "auditor": 4,
        "auditor_of_ccg": 0,
        "stranger": 0,
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_the_scoped_query_alone_shows_each_role_exactly_its_rows(open_database, story, kind):
    for name, caller in story.plymouth.callers.items():
        should = {story.ids[kind][each] for each, who in story.expected[kind].items() if name in who}
        seen = set()
        async with open_database.begin(caller) as tx:
            for id_ in story.ids[kind].values():
                with suppress(Refusal):
                    seen.add(str((await STORES[kind].get(tx, uuid.UUID(id_))).id))
        assert seen == should, name


async def test_the_scoped_query_alone_keeps_drafts_histories_and_scorecards_apart(open_database, story):
    partnership = story.plymouth.partnership
    sent = uuid.UUID(story.ids["returns"]["community submitted"])
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
        "auditor_of_ccg": (0, 0, 4, 0),
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
    sealing = {"unsealed", "count_unsealed", "seal", "chain_head", "links_after"}
    assert {row["proname"] for row in definers} == {"forget_answers", *sealing}
