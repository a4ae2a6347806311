"""Raw SQL against every table of the schema: what row-level security alone lets another organisation see and change."""

import uuid

import asyncpg
import pytest

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
        if await admin.fetchval(f"select count(*) from {row.table}"):  # noqa: S608 names of the catalogue
            found.add(name)
        await inner.rollback()
    return found


async def test_print(admin):
    rows = await every_row(admin)
    await become(admin, a_caller(commissioner=PARTNERSHIP))
    print("PARTNER", sorted(await seen(admin, rows)))
    print("ALL", sorted(rows))
    for name, caller in {
        "provider": a_caller(provider=PARTNERSHIP),
        "associate": a_caller(associate=PARTNERSHIP),
        "observer": a_caller(observer=PARTNERSHIP),
        "auditorrole": a_caller(auditor=PARTNERSHIP),
        "host": a_caller(host=PARTNERSHIP),
        "operator": a_caller(operator=True),
    }.items():
        await become(admin, caller)
        print(name, sorted(await seen(admin, rows)))
    me, client = uuid.uuid4(), uuid.uuid4()
    # as strong as can be: in the partner's own name and client, but the owner's
    caller = a_caller(me, client=client, commissioner=PARTNERSHIP, host=PARTNERSHIP)
    await admin.execute("set local role none")
    mine = {}
    for table in await tables(admin, "budget"):
        if table in OF_NOBODY:
            continue
        names = {name for (name,) in await admin.fetch(_NAMES, f"budget.{table}")}
        fixed = {n: client for n in names if n.endswith("client_id")} | {n: me for n in names if n.endswith("by_organisation_id") or n=="actor_organisation_id"}
        mine |= await rows_of(admin, table, **fixed)
    await become(admin, caller)
    print("INSERT", [n for n, r in mine.items() if not held(await outcome(admin, r.insert))])
    for n, row in rows.items():
        await admin.execute("set local role none")
        inner = admin.transaction()
        await inner.start()
        await admin.execute(row.insert)
        await admin.execute("set local role budget_app")
        if "permission denied" not in (s := await outcome(admin, f"delete from {row.table}")): print("DELETE", n, s)
        cols = []
        for c, *_ in await admin.fetch(_MAY_CHANGE, row.table, row.columns):
            said = await outcome(admin, f'update {row.table} set "{c}" = default')
            if not held(said):
                cols.append((c, said[:30]))
        if cols: print("UPDATE", n, cols)
        await inner.rollback()
