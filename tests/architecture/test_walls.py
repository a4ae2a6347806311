"""Raw SQL as a service's own role: nothing of another schema, and without a caller no row of its own."""

import uuid

import asyncpg
import pytest

from shared.context import ROLES
from tests.architecture.any_rows import AnyRow, any_row, let_anything_in
from tests.architecture.catalogue import tables
from tests.stack import SERVICES

# Tables that tell nothing about anybody, so that the app may look into them without a caller.
NOT_WALLED = {"alembic_version"}
SETTINGS = (
    "client",
    "organisation",
    "organisations",
    "operator",
    "audits",
    "shares",
    "grants",
    *(f"in_{role}" for role in ROLES),
)


@pytest.fixture
async def admin(stack):
    """A superuser in a transaction that is rolled back whatever happens."""
    connection = await stack.superuser()
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def outcome(connection: asyncpg.Connection, statement: str) -> str:
    """The command tag of a statement, or what the server says against it; either way nothing of it stays."""
    inner = connection.transaction()
    await inner.start()
    try:
        said: str = await connection.execute(statement)
    except asyncpg.PostgresError as error:
        said = str(error)
    await inner.rollback()
    return said


async def put_a_row_everywhere(admin: asyncpg.Connection, service: str) -> list[AnyRow]:
    rows = []
    for name in await tables(admin, service):
        if name not in NOT_WALLED:
            await let_anything_in(admin, f"{service}.{name}")
            rows.append(await any_row(admin, f"{service}.{name}"))
            await admin.execute(rows[-1].insert)
    return rows


async def become(admin: asyncpg.Connection, service: str, context: dict[str, str]) -> None:
    for name, value in context.items():
        await admin.execute("select set_config($1, $2, true)", f"app.{name}", value)
    await admin.execute(f"set local role {service}_app")


_MAY_CHANGE = "select name from unnest($2::text[]) name where has_column_privilege($1, name, 'update')"


async def holes(admin: asyncpg.Connection, rows: list[AnyRow]) -> list[str]:
    """What the present role reaches in these tables: rows it can read, change, remove or add."""
    found = []
    for row in rows:
        statements = [f"select from {row.table}", f"delete from {row.table}"]
        for name, *_ in await admin.fetch(_MAY_CHANGE, row.table, row.columns):
            statements += [f'update {row.table} set "{name}" = default']
        for statement in (*statements, row.insert):
            said = await outcome(admin, statement)
            if not (said.endswith(" 0") or "permission denied" in said or "row-level security" in said):
                found.append(f"{statement[:80]}: {said}")
    return found


@pytest.mark.parametrize("service", SERVICES)
async def test_an_app_finds_every_other_schema_closed(stack, service, admin):
    others = [each for each in SERVICES if each != service]
    connection = await stack.connect(service)
    try:
        for other in others:
            for table in await tables(admin, other):
                with pytest.raises(
                    asyncpg.InsufficientPrivilegeError, match=f"permission denied for schema {other}"
                ):
                    await connection.execute(f"select from {other}.{table}")
            for role in ("app", "migrate", "backup", "owner", "totals"):
                assert not await admin.fetchval(
                    "select has_schema_privilege($1, $2, 'usage, create')", f"{service}_{role}", other
                )
        for statement in (
            f"create table {service}.planted (id uuid)",
            "create table public.planted (id uuid)",
            # Imports put their rows into tables that end with the transaction.
            *(() if service in ("budget", "contracts") else ("create temporary table planted (id uuid)",)),
            "select from pg_authid",
            "set role postgres",
            f"set role {service}_owner",
            f"set session authorization {service}_backup",
            f"alter role {service}_app bypassrls",
            f"update {service}.alembic_version set version_num = ''",
            "copy (select 1) to program 'true'",
            "select pg_read_file('/etc/hostname')",
        ):
            said = await outcome(connection, statement)
            assert "denied" in said or "must be" in said, f"{statement}: {said}"
    finally:
        await connection.close()


@pytest.mark.parametrize("left", [None, ""])
@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_caller_nothing_is_reached(service, left, admin):
    """Whether the settings were never made in the session or were left empty by an earlier transaction."""
    rows = await put_a_row_everywhere(admin, service)
    assert len(rows) >= 3
    await become(admin, service, {} if left is None else dict.fromkeys(SETTINGS, left))
    assert "\n".join(await holes(admin, rows)) == ""


# What a stranger may reach, by how the statement begins, and why.
EVERYBODYS = {
    **{
        f"insert into {service}.events ": "an event is about somebody else's record as often as not"
        for service in SERVICES
    },
    "select from contracts.publishers": "who publishes is named in what it publishes",
    "select from contracts.publications": "of a contract that is shown to everybody, what is withheld and by whom",
    "select from contracts.contract_editions": "the same contract's editions, from the stage on that is published",
}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_stranger_reaches_nothing_that_is_there(service, admin):
    """A caller with every role, but in another partnership and for another organisation."""
    rows = await put_a_row_everywhere(admin, service)
    own, partnership = uuid.uuid4(), uuid.uuid4()
    context = {
        "client": str(uuid.uuid4()),
        "organisation": str(own),
        "organisations": f"{{{own}}}",
        "operator": "no",
        "audits": f'{{"{partnership}/{own}/2014/15","{partnership}/*/*"}}',
        **{f"in_{role}": f"{{{partnership}}}" for role in ROLES},
    }
    await become(admin, service, context)
    reached = [each for each in await holes(admin, rows) if not each.startswith(tuple(EVERYBODYS))]
    assert "\n".join(reached) == ""


@pytest.mark.parametrize(
    "policy",
    [
        "for select to budget_app using (true)",
        "for all to budget_app using (true) with check (true)",
        "for select to budget_app using (partnership_id is not null)",
        "for insert to budget_app with check (owner_organisation_id is not null)",
    ],
)
async def test_a_planted_hole_is_seen(policy, admin):
    rows = [each for each in await put_a_row_everywhere(admin, "budget") if each.table == "budget.pools"]
    await admin.execute(f"create policy hole on budget.pools {policy}")
    await become(admin, "budget", {})
    assert await holes(admin, rows)
