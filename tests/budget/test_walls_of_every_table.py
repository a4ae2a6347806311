"""Raw SQL against every table of the schema: what row-level security alone lets another organisation see and change."""

import uuid
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from shared.caller import Audit
from shared.context import settings_of
from tests.architecture.any_rows import AnyRow, any_row, let_anything_in
from tests.architecture.catalogue import tables
from tests.stack import a_caller

OWNER, PARTNERSHIP = uuid.uuid4(), uuid.uuid4()
# Tables of no organisation's rows: nothing about anybody, or walled by client (tests/architecture/test_walls.py).
OF_NOBODY = {"alembic_version", "idempotency_keys"}
# The columns by which a policy tells rows of one table apart, and their values.
KINDS = {
    "arrangement": ("pooled", "shadow", "aligned"),
    "books": ("pooled", "aligned"),
    "part": ("part_1", "part_2"),
    "publication_class": ("public", "exempt"),
}


@pytest.fixture
async def admin(stack):
    """A superuser in a transaction that is rolled back whatever happens."""
    connection = await stack.superuser()
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def rows_of(admin, table: str, **fixed) -> dict[str, AnyRow]:
    """One row of the owner for each kind that the table tells apart, by `table` or `table/kind`."""
    names = {name for (name,) in await admin.fetch(_NAMES, f"budget.{table}")}
    column = next((each for each in KINDS if each in names), None)
    owned = {name: OWNER for name in names if name.endswith("organisation_id")} | fixed
    owned |= {"partnership_id": PARTNERSHIP, "financial_year": "2014/15"}
    if column is None:
        return {table: await any_row(admin, f"budget.{table}", **owned)}
    return {
        f"{table}/{kind}": await any_row(admin, f"budget.{table}", **owned, **{column: kind})
        for kind in KINDS[column]
    }


_NAMES = "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped"
_MAY_CHANGE = "select name from unnest($2::text[]) name where has_column_privilege($1, name, 'update')"


async def every_row(admin, **fixed) -> dict[str, AnyRow]:
    found: dict[str, AnyRow] = {}
    for table in await tables(admin, "budget"):
        if table not in OF_NOBODY:
            await let_anything_in(admin, f"budget.{table}")
            found |= await rows_of(admin, table, **fixed)
    return found


async def outcome(admin, statement: str) -> str:
    """The command tag or what the server says against it; nothing of it stays."""
    inner = admin.transaction()
    await inner.start()
    try:
        said: str = await admin.execute(statement)
    except asyncpg.PostgresError as error:
        said = str(error)
    await inner.rollback()
    return said


def held(said: str) -> bool:
    return said.endswith(" 0") or "permission denied" in said or "row-level security" in said


async def become(admin, caller) -> None:
    for name, value in settings_of(caller):
        await admin.execute("select set_config($1, $2, true)", name, value)
    await admin.execute("set local role budget_app")


async def seen(admin, rows) -> set[str]:
    """Which rows plain SQL shows, each put there alone and taken away again."""
    found = set()
    for name, row in rows.items():
        inner = admin.transaction()
        await inner.start()
        await admin.execute("set local role none")
        await admin.execute(row.insert)
        await admin.execute("set local role budget_app")
        with suppress(
            asyncpg.InsufficientPrivilegeError
        ):  # the app reads the sealer's tables through functions alone
            if await admin.fetchval(f"select count(*) from {row.table}"):
                found.add(name)
        await inner.rollback()
    return found


# What a partner finds of another's rows by plain SQL: pooled money and what belongs to its agreement, and what partners
# tell each other about it. What is not named here, a new table too, is the owner's alone.
OF_ALL_PARTNERS = {
    *(
        f"{table}/pooled"
        for table in (
            *("accounts", "action_plans", "balances", "commitment_balances", "commitment_limits"),
            *("commitment_moves", "commitments", "contributions", "entries", "entry_dimensions", "forecasts"),
            *(
                "instalments",
                "journals",
                "line_budgets",
                "line_moves",
                "line_profiles",
                "lines",
                "met_demands",
            ),
            *("period_moves", "periods", "pools", "virement_decisions", "virements", "year_ends"),
        )
    ),
    "pools/shadow",  # named under the agreement; its lines only by consent
    *("agreement_texts", "agreement_versions", "agreements", "milestones", "disputes", "reclassifications"),
    *("decisions/part_1", "decisions/part_2", "met_conditions", "documents/public", "documents/exempt"),
    *(
        "delegation_limits",
        "warning_thresholds",
        "report_requirements",
        "report_statements",
        "year_end_packs",
    ),
    *(
        "addressable_spends",
        "appraisals",
        "attributions",
        "funding_requirements",
        "posts",
        "reference_figures",
        "scope_assessments",
        "successions",
        "succession_items/pooled",
    ),
    *("risk_shares", "settlements", "settlement_approvals", "settlement_disputes", "settlement_postings"),
    *("savings", "saving_moves", "saving_plans", "waterfalls"),
    # Hashes alone, of which every partner is a witness.
    *(
        "seals/pooled",
        "seals/aligned",
        "seal_branches/pooled",
        "seal_branches/shadow",
        "seal_branches/aligned",
    ),
}
# What a partner may add where another is the owner. Pooled money is in the host's books; who adds stands beside it.
ADDED_TO_ANOTHER_S = {
    *(
        f"{table}/pooled"
        for table in (
            *(
                "action_plans",
                "balances",
                "commitment_balances",
                "commitment_moves",
                "commitments",
                "entries",
            ),
            *("entry_dimensions", "forecasts", "journals"),
        )
    ),
    "agreement_versions",  # by trigger as its agreement
    "reclassifications",  # by foreign key with its journal
    *("seal_branches/pooled", "seal_branches/shadow", "seal_branches/aligned"),  # by trigger with its seal
    *("events", "audit_events"),  # of what the actor did, to the owner
}
# What a partner may change of another's, by triggers only as the rules say.
CHANGED_BY_PARTNERS = {
    *(
        f"{table}/pooled"
        for table in (
            *(
                "accounts",
                "action_plans",
                "balances",
                "commitment_balances",
                "commitments",
                "pools",
                "virements",
            ),
        )
    ),
    *("pools/shadow", "pools/aligned", "disputes"),
}


# What an auditor needs in every year: the papers that all years rest on, and the names of pools and accounts.
OF_NO_YEAR = {
    *(f"{table}/{kind}" for table in ("accounts", "pools") for kind in KINDS["arrangement"]),
    *("agreement_texts", "agreement_versions", "agreements", "milestones", "disputes", "reclassifications"),
    *("decisions/part_1", "decisions/part_2", "documents/public", "documents/exempt"),
    *("delegation_limits", "warning_thresholds", "addressable_spends", "appraisals", "attributions", "posts"),
    *("reference_figures", "successions"),
    *(f"succession_items/{kind}" for kind in KINDS["arrangement"]),
    *("scope_assessments", "risk_shares", "savings", "saving_moves", "saving_plans"),
}


# That something happened to a thing, without what; the feed itself asks for each thing whether it may be read.
TOLD = {"events"}


async def test_a_partner_sees_what_is_shared_and_nothing_else(admin):
    rows = await every_row(admin)
    await become(admin, a_caller(commissioner=PARTNERSHIP, host=PARTNERSHIP))
    assert await seen(admin, rows) == OF_ALL_PARTNERS | TOLD


@pytest.mark.parametrize("role", ["host", "associate", "provider", "observer", "auditor"])
async def test_no_other_role_finds_a_row(admin, role):
    rows = await every_row(admin)
    standing: dict[str, Any] = {role: PARTNERSHIP}
    await become(admin, a_caller(**standing))
    assert await seen(admin, rows) == (TOLD if role in {"host", "observer", "auditor"} else set())


async def test_the_operator_and_a_commissioner_elsewhere_find_no_row(admin):
    rows = await every_row(admin)
    for caller in (a_caller(operator=True), a_caller(commissioner=uuid.uuid4(), host=uuid.uuid4())):
        await become(admin, caller)
        assert await seen(admin, rows) == set()


async def test_an_auditor_finds_nothing_that_is_another_body_s_alone(admin):
    rows = await every_row(admin)
    audit = Audit(PARTNERSHIP, (uuid.uuid4(),), ("2014/15",))
    await become(admin, a_caller(audits=(audit,), auditor=PARTNERSHIP))
    alone = {each for each in rows if not each.endswith("/shadow")} - OF_ALL_PARTNERS
    exempt = {"decisions/part_2", "documents/exempt"}
    hashes = {"seals/aligned", "seal_branches/aligned"}
    its_own = {
        "delegation_limits",
        "warning_thresholds",
    }  # whom a body lets decide what, and when it is warned
    assert await seen(admin, rows) & (alone | exempt | hashes | its_own) == TOLD


async def test_an_auditor_of_another_year_finds_only_what_is_of_no_year(admin):
    rows = await every_row(admin)
    audit = Audit(PARTNERSHIP, (OWNER,), ("2019/20",))
    await become(admin, a_caller(audits=(audit,), auditor=PARTNERSHIP))
    assert await seen(admin, rows) == OF_NO_YEAR | TOLD


async def test_nobody_adds_in_another_s_name(admin):
    """As strong as can be: a partner's own client as the maker, with another as the owner."""
    me, client = uuid.uuid4(), uuid.uuid4()
    rows: dict[str, AnyRow] = {}
    for table in await tables(admin, "budget"):
        if table in OF_NOBODY:
            continue
        await let_anything_in(admin, f"budget.{table}")
        names = {name for (name,) in await admin.fetch(_NAMES, f"budget.{table}")}
        mine = {each: client for each in names if each.endswith("client_id")}
        mine |= {each: me for each in names if each.endswith(("by_organisation_id", "actor_organisation_id"))}
        rows |= await rows_of(admin, table, **mine)
    await become(admin, a_caller(me, client=client, commissioner=PARTNERSHIP, host=PARTNERSHIP))
    added = {name for name, row in rows.items() if not held(await outcome(admin, row.insert))}
    assert added == ADDED_TO_ANOTHER_S
    await become(admin, a_caller(me, client=client, provider=PARTNERSHIP, observer=PARTNERSHIP))
    added = {name for name, row in rows.items() if not held(await outcome(admin, row.insert))}
    assert added == {"events", "audit_events"}


async def test_a_partner_changes_and_removes_nothing_of_another_s(admin):
    rows = await every_row(admin)
    await become(admin, a_caller(commissioner=PARTNERSHIP, host=PARTNERSHIP))
    changed = set()
    for name, row in rows.items():
        inner = admin.transaction()
        await inner.start()
        await admin.execute("set local role none")
        await admin.execute(row.insert)
        await admin.execute("set local role budget_app")
        assert "permission denied" in await outcome(admin, f"delete from {row.table}"), name
        for column, *_ in await admin.fetch(_MAY_CHANGE, row.table, row.columns):
            said = await outcome(admin, f'update {row.table} set "{column}" = default')
            if not held(said):
                changed.add(name)
        await inner.rollback()
    assert changed == CHANGED_BY_PARTNERS
