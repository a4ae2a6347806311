"""The embedded PostgreSQL: durable, reachable by a socket alone, and back after a kill; its roles keep to their schema."""

import os
import shutil
import subprocess

import asyncpg
import psutil
import pytest

from deploy.local.data_folder import make_cluster
from deploy.local.postgres import Cluster, throw_away_cluster
from deploy.local.server_user import as_nobody, server_user
from deploy.local.trouble import CannotStart
from deploy.postgres.roles import SERVICES
from tests.local.conftest import PASSWORDS

DURABLE = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")


def connect(cluster, role):
    return asyncpg.connect(cluster.dsn(role, PASSWORDS[role]))


@pytest.mark.parametrize("setting", DURABLE)
def test_durability_is_on(cluster, setting):
    assert cluster.psql(f"show {setting}") == "on"


def test_durability_stays_on_whatever_the_folder_says(cluster):
    with (cluster.data_dir / "postgresql.auto.conf").open("a") as file:
        file.write(
            "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nlisten_addresses = '127.0.0.1'\n"
        )
    cluster.stop()
    cluster.start()
    assert [cluster.psql(f"show {setting}") for setting in DURABLE] == ["on"] * 4
    assert cluster.psql("show listen_addresses") == ""


def test_no_port_is_open(cluster):
    assert not psutil.Process(cluster.pid).net_connections("inet")


def test_the_socket_and_the_password_are_private(cluster):
    assert cluster.socket_dir.stat().st_mode & 0o077 == 0
    assert cluster._password_file.stat().st_mode & 0o077 == 0


async def test_a_wrong_password_is_refused(cluster):
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(cluster.dsn("budget_app", "guess"))


@pytest.mark.parametrize("other", SERVICES)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reaches_its_own_schema_alone(cluster, service, other):
    cluster.psql(
        f"set role {other}_owner; create table if not exists {other}.wall (x int);"
        f" grant select on {other}.wall to {other}_app"
    )
    for login in ("app", "migrate", "backup"):
        connection = await connect(cluster, f"{service}_{login}")
        if service == other and login == "migrate":
            await connection.execute(f"set role {service}_owner")
        if service == other:
            assert await connection.fetch(f"select * from {other}.wall") == []
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for schema"):
                await connection.fetch(f"select * from {other}.wall")
        await connection.close()


FORBIDDEN = (
    "create table x (y int)",
    "create table public.x (y int)",
    "create schema x",
    "create role x",
    "create database x",
    "set role budget_owner",
    "set role budget_totals",
    "set role budget_backup",
    "set session authorization budget_owner",
    "select * from pg_authid",
    "copy (select 1) to program 'true'",
    "alter role budget_app superuser",
    "alter role budget_app bypassrls",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_what_the_app_may_not_do(cluster, statement):
    connection = await connect(cluster, "budget_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("service", ["outcomes", "gateway"])
async def test_only_imports_of_ledgers_and_registers_make_temporary_tables(cluster, service):
    connection = await connect(cluster, f"{service}_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("create temporary table x (y int)")
    await connection.close()


async def test_limits_stand_on_the_app_role(cluster):
    connection = await connect(cluster, "outcomes_app")
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "search_path")
    assert [await connection.fetchval(f"show {name}") for name in names] == ["5s", "2s", "10s", "outcomes"]
    await connection.close()


async def test_nothing_is_granted_by_default(cluster):
    cluster.psql(
        "set role gateway_owner; create table gateway.t (x int); create function gateway.f() returns int return 1"
    )
    connection = await connect(cluster, "gateway_app")
    for statement in ("select * from t", "insert into t values (1)", "select f()"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_a_backup_sees_every_row_and_writes_none(cluster):
    cluster.psql(
        "set role contracts_owner; create table contracts.walled (x int); insert into contracts.walled values (1);"
        " alter table contracts.walled enable row level security, force row level security"
    )
    connection = await connect(cluster, "contracts_backup")
    assert await connection.fetchval("select count(*) from walled") == 1
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("insert into walled values (2)")
    await connection.execute("set default_transaction_read_only = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("insert into walled values (2)")
    await connection.close()


def test_making_the_roles_again_takes_nothing_away(cluster):
    cluster.psql(
        "set role budget_owner; create table budget.kept (x int); grant select on budget.kept to budget_app"
    )
    cluster.create_service_roles(PASSWORDS)
    assert cluster.psql("select has_table_privilege('budget_app', 'budget.kept', 'select')") == "t"


def test_a_killed_server_comes_back_with_what_was_committed(cluster):
    cluster.psql("create table public.recovered (x int); insert into public.recovered values (1)")
    before = cluster.pid
    cluster.kill()
    cluster.start()
    assert cluster.pid != before
    assert cluster.psql("select count(*) from public.recovered") == "1"


def test_a_lock_file_that_names_a_stranger_does_not_block_the_start(cluster):
    cluster.kill()
    lock = cluster.data_dir / "postmaster.pid"
    lines = lock.read_text().splitlines()
    psutil.wait_procs([p for p in psutil.process_iter() if _works_in(p, cluster.data_dir)], timeout=10)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        cluster.start()
        assert stranger.poll() is None
        stranger.kill()
    assert cluster.psql("select 1") == "1"


def _works_in(process, folder):
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


def test_a_server_that_a_killed_supervisor_left_is_ended_first(cluster):
    left_over = cluster.pid
    again = Cluster(cluster.data_dir, cluster.socket_dir.parent)
    again.start()
    assert not psutil.pid_exists(left_over) or psutil.Process(left_over).status() == psutil.STATUS_ZOMBIE
    again.stop()
    assert not cluster.running
    cluster.stop()
    cluster.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_can_fall_back_to_another_user():
    with throw_away_cluster(user=as_nobody()) as server:
        assert psutil.Process(server.pid).uids().real == as_nobody().owner[0]
        server.create_service_roles({})
        server.kill()
        server.start()
        assert server.psql("select 1") == "1"


def test_the_server_never_has_roots_powers(cluster):
    with open(f"/proc/{cluster.pid}/status") as file:
        status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    assert int(status["CapEff"], 16) == 0


def test_a_folder_of_programs_without_them_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(CannotStart, match="There is no PostgreSQL program initdb in"):
        Cluster(tmp_path / "data", tmp_path / "run").start()


@pytest.fixture(scope="module")
def whole_folder(tmp_path_factory, cluster):
    folder = tmp_path_factory.mktemp("whole") / "data"
    make_cluster(folder, cluster.bin_dir, server_user(), cluster._password_file, sync=False)
    return folder


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda folder: (folder / "PG_VERSION").unlink(), "PG_VERSION is missing"),
        (lambda folder: (folder / "PG_VERSION").write_text("16\n"), "is of PostgreSQL 16, and this is 18"),
        (lambda folder: (folder / "global" / "pg_control").unlink(), "pg_control"),
        (
            lambda folder: (folder / "global" / "pg_control").write_bytes(b"x" * 8192),
            "incompatible with server",
        ),
        (lambda folder: (folder / "postgresql.conf").write_text("nonsense"), "configuration file"),
    ],
)
def test_a_broken_folder_is_one_sentence(tmp_path, whole_folder, cluster, break_it, words):
    folder = tmp_path / "data"
    shutil.copytree(whole_folder, folder)
    break_it(folder)
    server = Cluster(folder, cluster.socket_dir.parent / "other")
    with pytest.raises(CannotStart, match=words) as caught:
        server.start()
    assert "\n" not in str(caught.value)
