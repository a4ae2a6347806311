"""Reconciliation of the audit: silent on a whole one, and loud for every break that is planted."""

import json
import os
import subprocess
import sys

import pytest

from shared.caller import Caller
from shared.chain_proof import CannotProve, reconcile
from shared.db import Database
from shared.sealing import seal_all
from tests.shared.changes import a_change, write
from tests.stack import ROOT, a_caller, running_stack


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A database of its own: this test breaks what others rely on."""
    with running_stack(tmp_path_factory.mktemp("broken"), ("contracts", "gateway")) as running:
        yield running


@pytest.fixture(scope="module")
async def sealed(own):
    db = await Database.open(own.url("contracts"), "contracts", 2)
    ours: Caller = a_caller()
    await write(db, ours, *(a_change(ours.organisation_id, facts={"n": n}) for n in range(6)))
    await seal_all(db, "contracts")
    yield
    await db.close()


async def breaks(own):
    return {
        each.name: each.breaks
        for each in await reconcile("contracts", own.url("contracts", "backup"))
        if each.breaks
    }


async def test_a_whole_audit_is_silent(own, sealed):
    assert await breaks(own) == {}


PLANTED = [
    ("update contracts.audit_events set facts = '{}' where id = $1", "every link of the chain follows"),
    ("update contracts.chain_links set leaf = sha256('x') where id = $1", "every link of the chain follows"),
    ("delete from contracts.chain_links where id = $1", "every link of the chain follows"),
    ("delete from contracts.audit_events where id = $1", "every audit row has its event"),
    ("delete from contracts.events where id = $1", "every audit row has its event"),
    ("delete from contracts.feed_entries where id = $1", "every sealed change is told"),
    (
        (
            "with gone as (delete from contracts.chain_links where id = $1)"
            " update contracts.audit_events set recorded_at = recorded_at - interval '1 hour' where id = $1"
        ),
        "no change waits longer",
    ),
]


@pytest.mark.parametrize(("statement", "name"), PLANTED)
async def test_a_planted_break_is_found(own, sealed, statement, name):
    admin = await own.superuser()
    try:
        await admin.execute(
            "create table if not exists public.kept_a as select * from contracts.audit_events"
        )
        await admin.execute("create table if not exists public.kept_e as select * from contracts.events")
        await admin.execute("create table if not exists public.kept_l as select * from contracts.chain_links")
        await admin.execute(
            "create table if not exists public.kept_f as select * from contracts.feed_entries"
        )
        await admin.execute("set session_replication_role = replica")
        victim = await admin.fetchval("select id from contracts.chain_links where position = 3")
        await admin.execute(statement, victim)
        found = await breaks(own)
        assert any(each.startswith(name) for each in found), found
    finally:
        for kept, table in (
            ("a", "audit_events"),
            ("e", "events"),
            ("l", "chain_links"),
            ("f", "feed_entries"),
        ):
            await admin.execute(f"delete from contracts.{table}")
            await admin.execute(f"insert into contracts.{table} select * from public.kept_{kept}")
        await admin.close()
    assert await breaks(own) == {}


async def test_the_app_s_own_role_proves_nothing(own, sealed):
    with pytest.raises(CannotProve, match="use contracts_backup"):
        await reconcile("contracts", own.url("contracts"))
    with pytest.raises(CannotProve, match="Set CONTRACTS_BACKUP_URL"):
        await reconcile("contracts", "")


@pytest.mark.parametrize("service", ["contracts", "gateway"])
def test_the_command_reports_as_json(own, sealed, service):
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        f"{service.upper()}_BACKUP_URL": own.url(service, "backup"),
    }
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}.commands.reconcile"],
        env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["service"], report["breaks"]) == (service, 0)
    assert len(report["checks"]) >= 4
