"""Each wall alone: row-level security without the scoped query, and the scoped query without row-level security."""

import uuid
from datetime import date
from typing import Any

import asyncpg
import pytest

from services.budget.rules.position import ask
from services.budget.store import (
    accounts,
    agreements,
    contributions,
    decisions,
    journals,
    lines,
    pools,
    positions,
)
from shared.calendar import FinancialYear
from shared.context import opening_sql, settings_of
from shared.db import Database
from shared.errors import Refusal
from tests.budget.place import Place, made
from tests.stack import a_caller

MONEY = ("lines", "accounts", "journals", "entries", "balances", "contributions")
TABLES = (*MONEY, "pools", "agreements", "agreement_versions", "decisions", "met_conditions")


@pytest.fixture(scope="module")
async def place(client_for):
    """Everything there is, of both partners: shadow of 2014/15 without consent, aligned money, decisions."""
    place = await Place().enter(client_for)
    await place.draft()
    pool = await place.pool()
    for client in (place.pcc, place.ccg):
        shadow = await place.line(client, pool)
        aligned = await place.line(client, None, "aligned")
        made(await place.promise(client, pool, 5_00))
        await place.spend(client, shadow, 1_00, pool=pool)
        await place.spend(client, aligned, 2_00, arrangement="aligned")
    condition = {"outcome": "approved_subject_to", "conditions": [{"number": 1, "text": "x"}]}
    decision = made(await place.decide(place.pcc, "Cabinet", "2015-02-10", **condition))
    met = {"number": 1, "met_on": "2015-03-01", "evidence": "x"}
    made(
        await place.pcc.post(
            f"/v1/decisions/{decision['id']}/met-conditions",
            json=met,
            key="met-" + uuid.uuid4().hex,
            version=1,
        )
    )
    place.pool_id = pool
    return place


@pytest.fixture(scope="module")
async def raw(stack):
    """A connection as the app's own role, on which any context can be set."""
    connection = await stack.connect("budget")
    yield connection
    await connection.close()


async def rows_seen(raw, caller, place) -> dict[str, int]:
    """How many rows of the place each table shows to plain SQL in this caller's context."""
    await raw.execute(opening_sql(caller, True, "read committed"))
    try:
        return {
            table: await raw.fetchval(
                f"select count(*) from budget.{table} where partnership_id = $1", place.partnership
            )
            for table in TABLES
        }
    finally:
        await raw.execute("rollback")


def strangers(place):
    return {
        "a commissioner elsewhere": a_caller(commissioner=uuid.uuid4()),
        "a provider": a_caller(provider=place.partnership),
        "an associate": a_caller(associate=place.partnership),
        "an observer": a_caller(observer=place.partnership),
        "the operator": a_caller(operator=True),
    }


async def test_plain_sql_in_another_s_context_finds_no_row(raw, place):
    for name, caller in strangers(place).items():
        assert set((await rows_seen(raw, caller, place)).values()) == {0}, name
    no_context = await raw.fetchval("select count(*) from budget.lines")
    assert no_context == 0


async def test_plain_sql_finds_each_partner_s_own_money_and_what_they_share(raw, place):
    for client in (place.pcc, place.ccg):
        seen = await rows_seen(raw, client.caller, place)
        assert seen["lines"] == 2  # its shadow line and its aligned line, none of the other's
        assert seen["accounts"] == 4
        assert seen["journals"] == 2
        assert seen["entries"] == seen["balances"] == 4
        assert seen["contributions"] == 1
        assert (seen["pools"], seen["agreements"], seen["decisions"], seen["met_conditions"]) == (1, 1, 1, 1)


async def test_nobody_writes_into_another_s_books(raw, place):
    line = (
        "insert into budget.lines (id, partnership_id, owner_organisation_id, pool_id, name, category, arrangement,"
        " financial_year, budget_status, version, legal_basis, legality_assessed_on) values (gen_random_uuid(), $1,"
        " $2, $3, 'forged', 'wellness', 'shadow', '2014/15', 'tbc', 1, 'agreement_not_in_force', '2014-09-01')"
    )
    promise = (
        "insert into budget.contributions (id, partnership_id, owner_organisation_id, pool_id, arrangement,"
        " financial_year, amount_pence, amount_status, form, funding_source) values (gen_random_uuid(), $1, $2, $3,"
        " 'shadow', '2015/16', 1, 'actual', 'cash', 'core_budget')"
    )
    account = (
        "insert into budget.accounts (id, partnership_id, owner_organisation_id, pool_id, name, kind, arrangement,"
        " version) values (gen_random_uuid(), $1, $2, $3, 'forged', 'reserve', 'shadow', 1)"
    )
    callers = [place.ccg.caller, *strangers(place).values()]
    for caller in callers:
        for statement in (line, promise, account):
            await raw.execute(opening_sql(caller, False, "read committed"))
            try:
                with pytest.raises(Exception, match="row-level security"):
                    await raw.execute(statement, place.partnership, place.council, place.pool_id)
            finally:
                await raw.execute("rollback")
    for table in TABLES:
        for act in (f"delete from budget.{table}", f"truncate budget.{table} cascade"):
            with pytest.raises(Exception, match="permission denied"):
                await raw.execute(act)


async def test_the_totals_functions_answer_only_those_they_are_for(raw, place):
    arguments = (place.partnership, "2014/15", date(2014, 4, 1), date(2015, 3, 31))
    aligned = "select * from budget.aligned_totals($1, $2, $3, $4, 'infinity')"
    observed = "select * from budget.observed_totals($1, $2, $3, $4, 'infinity')"

    async def count(caller, question) -> int:
        await raw.execute(opening_sql(caller, True, "read committed"))
        try:
            return len(await raw.fetch(question, *arguments))
        finally:
            await raw.execute("rollback")

    for name, caller in strangers(place).items():
        assert await count(caller, aligned) == 0, name
        assert await count(caller, observed) == (1 if name == "an observer" else 0), name
    assert await count(place.pcc.caller, aligned) == 1
    assert await count(place.pcc.caller, observed) == 0
    await raw.execute(opening_sql(place.pcc.caller, True, "read committed"))
    try:
        row = await raw.fetchrow(aligned, *arguments)
    finally:
        await raw.execute("rollback")
    assert (row["owner_organisation_id"], row["line_id"], row["budget_pence"]) == (place.nhs, None, 100_00)


@pytest.fixture(scope="module")
async def without_walls(stack):
    """The service's own statements on a role that row-level security does not hold."""
    db = await Database.open(stack.cluster.superuser_dsn(), "budget", size=1)
    yield db
    await db.close()


async def listed(db, caller, place) -> dict[str, list[Any]]:
    where = place.partnership
    found: dict[str, list[Any]] = {}
    async with db.begin(caller) as tx:
        found["lines"] = await lines.page(tx, where, None, None, 200, None)
        found["accounts"] = await accounts.page(tx, where, None, None, 200, None)
        found["contributions"] = await contributions.page(tx, where, None, None, 200, None)
        found["pools"] = await pools.page(tx, where, None, 200, None)
        found["agreements"] = await agreements.page(tx, where, 200, None)
        found["decisions"] = await decisions.page(tx, where, None, 200, None)
        found["journals"] = await journals.page(tx, where, 200, None)
    return found


async def test_the_scoped_query_alone_gives_each_its_own(without_walls, place):
    for name, caller in strangers(place).items():
        found = await listed(without_walls, caller, place)
        assert all(rows == [] for rows in found.values()), (name, found)
    for client in (place.pcc, place.ccg):
        found = await listed(without_walls, client.caller, place)
        own = client.caller.organisation_id
        for table in ("lines", "accounts", "contributions", "journals"):
            assert {each.owner_organisation_id for each in found[table]} == {own}, table
        assert [len(found[table]) for table in ("lines", "accounts", "contributions", "journals")] == [
            2,
            4,
            1,
            2,
        ]
        assert [len(found[table]) for table in ("pools", "agreements", "decisions")] == [1, 1, 1]


async def test_the_scoped_position_alone_shows_no_other_s_shadow_or_aligned_lines(without_walls, place):
    asked = ask(place.partnership, None, FinancialYear(2014), None, None)
    for client in (place.pcc, place.ccg):
        async with without_walls.begin(client.caller, snapshot=True) as tx:
            position = await positions.read(tx, asked)
        own = client.caller.organisation_id
        assert {each.owner_organisation_id for each in position.lines} == {own}
        assert position.totals.shadow.actual.known_pence == 1_00
        assert position.totals.aligned.actual.known_pence == 4_00
        assert {each.organisation_id for each in position.by_partner} >= {own}
    for name, caller in strangers(place).items():
        if name == "an observer":
            continue
        async with without_walls.begin(caller, snapshot=True) as tx:
            with pytest.raises(Refusal, match="no such record"):
                await positions.read(tx, asked)


async def test_a_session_without_a_caller_is_not_to_be_had(without_walls):
    with pytest.raises(TypeError):
        async with without_walls.begin(None):
            pass


async def test_the_second_wall_keeps_books_and_history_from_other_hands(stack, place):
    """Raw SQL as the app role, in a partner's own context: past the rules, the database still refuses."""
    await place.bring_into_force()
    connection = await stack.connect("budget")
    agreement = await place_agreement(stack, place)
    try:
        for statement in (
            (
                "insert into agreement_versions (agreement_id, version, partnership_id, owner_organisation_id, state,"
                " party_ids, shadow_consents, aligned_lines_open)"
                f" values ('{agreement}', 98, '{place.partnership}', '{place.nhs}', 'in_force',"
                f" '{{{place.nhs}}}', '{{{place.council}}}', true)"
            ),
            (
                "insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement,"
                " book, kind, effective_date, financial_year, posting_period, narrative, recorded_at)"
                f" values (gen_random_uuid(), '{place.partnership}', '{place.nhs}', '{place.council}', 'pooled',"
                " 'actual', 'income', '2015-06-01', '2015/16', '2015-16-M03', 'In another name', now())"
            ),
            (
                "insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement,"
                " book, kind, effective_date, financial_year, posting_period, narrative, recorded_at)"
                f" values (gen_random_uuid(), '{place.partnership}', '{place.council}', '{place.nhs}', 'shadow',"
                " 'actual', 'income', '2015-06-01', '2015/16', '2015-16-M03', 'In other books', now())"
            ),
        ):
            transaction = connection.transaction()
            await transaction.start()
            for name, value in settings_of(a_caller(place.nhs, "", commissioner=place.partnership)):
                await connection.execute("select set_config($1, $2, true)", name, value)
            with pytest.raises(asyncpg.PostgresError, match=r"row-level security|as its agreement"):
                await connection.execute(statement)
            await transaction.rollback()
    finally:
        await connection.close()


async def place_agreement(stack, place) -> str:
    admin = await stack.superuser()
    try:
        found = await admin.fetchval(
            "select id from budget.agreements where partnership_id = $1", place.partnership
        )
    finally:
        await admin.close()
    return str(found)
