"""Migrations: each in one transaction, as the owner, patient with locks, and never on a schema that is ahead."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shared import migrate
from tests.local.conftest import PASSWORDS

ENV = 'from shared.migrate import migrations_env\n\nmigrations_env("budget")\n'


class Migrations:
    """A folder of migrations of the service budget, in the place where the real one would be."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "services" / "budget" / "migrations"
        (self.folder / "versions").mkdir(parents=True)
        (self.folder / "env.py").write_text(ENV)

    def add(self, revision: str, after: str | None, *texts: str) -> None:
        body = "\n".join(f"    run_sql({text!r})" for text in texts)
        (self.folder / "versions" / f"{revision}_x.py").write_text(
            f"from shared.migrate import run_sql\nrevision = {revision!r}\ndown_revision = {after!r}\n\n"
            f"def upgrade():\n{body}\n"
        )
        (self.folder / "head").write_text(revision + "\n")


@pytest.fixture
def migrations(tmp_path, monkeypatch):
    monkeypatch.setattr(migrate, "_ROOT", tmp_path)
    return Migrations(tmp_path)


@pytest.fixture
def dsn(cluster):
    cluster.psql("drop owned by budget_owner, budget_totals cascade")
    cluster.create_service_roles({}, ["budget"])
    return cluster.dsn("budget_migrate", PASSWORDS["budget_migrate"])


def test_everything_made_belongs_to_the_owner(cluster, migrations, dsn):
    migrations.add(
        "0001", None, "create table a (x int); create table b (y int); grant select on a to budget_app"
    )
    assert migrate.migrate("budget", dsn) == "0001"
    assert (
        cluster.psql("select distinct tableowner from pg_tables where schemaname = 'budget'")
        == "budget_owner"
    )
    assert cluster.psql("select version_num from budget.alembic_version") == "0001"


def test_a_definer_function_can_be_handed_to_the_totals_role(cluster, migrations, dsn):
    migrations.add(
        "0001",
        None,
        "create function sums() returns int language sql security definer set search_path = budget return 1;"
        " alter function sums() owner to budget_totals",
    )
    migrate.migrate("budget", dsn)
    assert cluster.psql("select proowner::regrole from pg_proc where proname = 'sums'") == "budget_totals"


def test_a_migration_that_fails_leaves_nothing_of_itself(cluster, migrations, dsn):
    migrations.add("0001", None, "create table first (x int)")
    migrations.add("0002", "0001", "create table second (x int)", "create table third (x int); select 1/0")
    with pytest.raises(Exception, match="division by zero"):
        migrate.migrate("budget", dsn)
    tables = cluster.psql(
        "select string_agg(tablename, ' ' order by 1) from pg_tables where schemaname = 'budget'"
    )
    assert tables == "alembic_version first"
    assert cluster.psql("select version_num from budget.alembic_version") == "0001"


def test_a_lock_that_another_session_holds_is_waited_for_in_turns(cluster, migrations, dsn, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "100ms")
    migrations.add("0001", None, "create table busy (x int)")
    migrate.migrate("budget", dsn)
    migrations.add("0002", "0001", "alter table busy add column y int")
    holder = threading.Thread(
        target=cluster.psql,
        args=("begin; lock table budget.busy in access share mode; select pg_sleep(1); commit",),
    )
    holder.start()
    time.sleep(0.3)
    assert migrate.migrate("budget", dsn) == "0002"
    holder.join()


def test_two_at_once_migrate_once(cluster, migrations, dsn):
    migrations.add("0001", None, "create table once (x int); select pg_sleep(0.5)")
    command = [sys.executable, "-c"]
    program = (
        "import pathlib, sys; from shared import migrate;"
        "migrate._ROOT = pathlib.Path(sys.argv[1]); migrate.migrate('budget', sys.argv[2])"
    )
    both = [subprocess.Popen([*command, program, str(migrate._ROOT), dsn]) for _ in range(2)]
    assert [each.wait(30) for each in both] == [0, 0]
    assert cluster.psql("select count(*) from budget.alembic_version") == "1"


def said(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["migrate", *words])
    code = migrate.main()
    given = capsys.readouterr()
    return code, given.out, given.err


def test_a_schema_that_is_ahead_is_refused(cluster, migrations, dsn, monkeypatch, capsys):
    migrations.add("0001", None, "create table a (x int)")
    migrate.migrate("budget", dsn)
    cluster.psql("update budget.alembic_version set version_num = '0099'")
    monkeypatch.setenv("BUDGET_MIGRATE_URL", dsn)
    code, _, err = said(monkeypatch, capsys, "budget")
    assert code == 1
    assert err == "The database is ahead of this code: it was migrated by a newer version. Run that one.\n"


def test_two_heads_are_refused(migrations, dsn, monkeypatch, capsys):
    migrations.add("0001", None, "select 1")
    migrations.add("0002", "0001", "select 1")
    migrations.add("0003", "0001", "select 1")
    monkeypatch.setenv("BUDGET_MIGRATE_URL", dsn)
    code, _, err = said(monkeypatch, capsys, "budget")
    assert code == 1
    assert "put them in one line" in err


def test_the_sql_can_be_read_without_a_database(migrations, monkeypatch, capsys):
    migrations.add(
        "0001", None, "create function f() returns trigger as $$ begin x := a[1:2]; end $$ language plpgsql"
    )
    code, out, _ = said(monkeypatch, capsys, "budget", "--sql")
    assert code == 0
    assert "x := a[1:2]; end $$ language plpgsql;" in out


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (None, "BUDGET_MIGRATE_URL is not set."),
        ("postgresql://nobody@/x?host=/nowhere", "The database cannot be reached"),
    ],
)
def test_trouble_is_one_sentence(migrations, monkeypatch, capsys, url, words):
    migrations.add("0001", None, "select 1")
    monkeypatch.delenv("BUDGET_MIGRATE_URL", raising=False)
    if url:
        monkeypatch.setenv("BUDGET_MIGRATE_URL", url)
    code, _, err = said(monkeypatch, capsys, "budget")
    assert code == 1
    assert words in err
    assert err.count("\n") == 1
