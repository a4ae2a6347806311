"""Migrations stand in one line under their names, and the tables that the code knows are those in the database."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from tests.architecture import migrations
from tests.architecture.sources import ROOT, SERVICES, Source, sources


def heads() -> dict[str, str]:
    files = {each: ROOT / "services" / each / "migrations" / "head" for each in SERVICES}
    return {service: file.read_text(encoding="ascii") for service, file in files.items() if file.exists()}


def test_every_service_has_a_line_of_migrations():
    assert set(heads()) == set(SERVICES)
    assert "\n".join(migrations.one_line(sources("services"), heads())) == ""


def test_migrations_lean_on_nothing_that_changes():
    assert "\n".join(migrations.leaning(sources("services"))) == ""


FIRST = Source(
    "services/budget/migrations/versions/0001_ledger.py", 'revision = "0001"\ndown_revision = None\n'
)
SECOND = Source(
    "services/budget/migrations/versions/0002_more.py", 'revision = "0002"\ndown_revision = "0001"\n'
)
RIGHT = [FIRST, SECOND]


def moved(source: Source, path: str = "", text: str = "") -> Source:
    return Source(source.path.replace(source.stem, path or source.stem), text or source.text)


@pytest.mark.parametrize(
    ("files", "head"),
    [
        (RIGHT, "0001\n"),
        (RIGHT, "0002"),
        (RIGHT, ""),
        ([FIRST, moved(SECOND, "0003_more")], "0002\n"),
        ([FIRST, moved(SECOND, "more")], "0002\n"),
        ([FIRST, moved(SECOND, text='revision = "0002a"\ndown_revision = "0001"\n')], "0002\n"),
        ([FIRST, moved(SECOND, text='revision = "0002"\ndown_revision = None\n')], "0002\n"),
        ([FIRST, SECOND, moved(SECOND, "0002_other")], "0002\n"),
        ([*RIGHT, Source("services/budget/migrations/__init__.py", "")], "0002\n"),
    ],
)
def test_a_broken_line_is_found(files, head):
    assert list(migrations.one_line(files, {"budget": head}))
    assert not list(migrations.one_line(RIGHT, {"budget": "0002\n"}))


def test_a_migration_that_leans_on_code_is_found():
    planted = moved(FIRST, text="from services.budget.store.tables import pools\n")
    assert list(migrations.leaning([planted]))
    assert not list(migrations.leaning([moved(FIRST, text="from shared.migrate import run_sql\n")]))


@pytest.fixture(scope="module")
async def admin(stack):
    connection = await stack.superuser()
    yield connection
    await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_code_and_database_know_the_same_tables(service, admin):
    metadata = migrations.metadata_of(service)
    assert len(metadata.tables) >= 3
    assert "\n".join(await migrations.drift(admin, service, metadata)) == ""


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("alter table budget.pools add planted text", "pools.planted"),
        ("alter table budget.pools drop column agreement_id cascade", "pools.agreement_id"),
        ("alter table budget.journals alter narrative drop not null", "journals.narrative"),
        ("alter table budget.pools alter version type bigint", "pools.version"),
        ("create table budget.planted (id uuid)", "planted: in the database only"),
        ("alter type budget.book add value 'planted'", "enum book"),
        (
            "alter table budget.entries drop constraint entries_journal_id_fkey",
            "link that is not there: entries.journal_id",
        ),
        ("alter table budget.balances drop constraint balances_pkey", "balances."),
    ],
)
async def test_a_drift_is_found(change, finding, admin):
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(change)
        found = await migrations.drift(admin, "budget", migrations.metadata_of("budget"))
    finally:
        await transaction.rollback()
    assert any(each.startswith(finding) for each in found)


async def test_a_table_that_only_the_code_knows_is_found(admin):
    metadata = MetaData(schema="budget")
    Table("planted", metadata, Column("id", Integer, primary_key=True), Column("name", Text))
    found = await migrations.drift(admin, "budget", metadata)
    assert {each.partition(":")[0] for each in found} >= {"planted.id", "planted.name", "pools"}
