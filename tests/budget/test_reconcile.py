"""The reconciliation command: silent on a whole ledger, loud and non-zero for every planted break."""

import json
import os
import subprocess
import sys
import uuid
from contextlib import AsyncExitStack

import pytest

from tests.budget.closing import closed, keeper
from tests.budget.place import Place, key, made
from tests.stack import ROOT, Checked, app_of, running_stack


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory):
    """A database of its own: this test breaks what others rely on."""
    with running_stack(tmp_path_factory.mktemp("broken")) as running:
        yield running


@pytest.fixture(scope="module")
async def ledger(own_stack):
    patches = pytest.MonkeyPatch()
    async with AsyncExitStack() as exits:

        async def client_for(service, caller):
            return Checked(await app_of(own_stack, service, exits, patches), own_stack, service, caller)

        place = await Place().enter(client_for)
        await place.bring_into_force()
        pool = await place.pool(arrangement="pooled")
        line = await place.line(place.pcc, pool, "pooled", financial_year="2015/16")
        journal = await place.spend(
            place.pcc, line, 90_00, pool=pool, arrangement="pooled", effective_date="2015-04-15"
        )
        undo = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "Sent twice"}
        made(await place.pcc.post(f"/v1/journals/{journal['id']}/reversal", json=undo, key=key()))
        accrual = await place.post(
            place.pcc,
            await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line),
            await place.account(place.pcc, "reserve", "pooled", pool_id=pool),
            7_00,
            kind="accrual",
            effective_date="2015-04-30",
        )
        host = await keeper(client_for, place.partnership, place.council)
        await closed(host, place.partnership)
        yield {
            "journal": journal["id"],
            "reversal": undo["id"],
            "accrual": accrual["id"],
            "agreement": str(place.agreement),
            "line": str(line),
        }
    patches.undo()


def run(stack, role="backup", **changes):
    """The command as a person runs it, in a process of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BUDGET_BACKUP_URL": stack.url("budget", role),
        **changes,
    }
    done = subprocess.run(
        [sys.executable, "-m", "services.budget.commands.reconcile"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def broken_by(report) -> dict[str, list[str]]:
    return {check["name"]: check["shown"] for check in report["checks"] if check["breaks"]}


async def test_a_whole_ledger_has_no_breaks(own_stack, ledger):
    code, report, _ = run(own_stack)
    assert (code, report["service"], report["breaks"]) == (0, "budget", 0)
    assert len(report["checks"]) == 10


PLANTED = {
    "every balance is the sum of its entries": "update balances set amount_pence = amount_pence + 1",
    "every day of a balance is the sum of its entries": "update balances set day_pence[3] = 1",
    "every journal is whole and sums to zero": (
        "update entries set amount_pence = amount_pence + 1 where journal_id = '{journal}' and position = 1"
    ),
    "every journal was answered once": "delete from idempotency_keys where key = '{journal}'",
    "every journal has its audit row and its event": "delete from events where thing_id = '{reversal}'",
    "every reversal undoes its journal": (
        "update entries set amount_pence = amount_pence * 2 where journal_id = '{reversal}'"
    ),
    "every accrual is undone": "update entries set amount_pence = amount_pence * 2 where journal_id = '{accrual}'",
    "every closed period holds what its last seal holds": (
        "update entries set position = 3 where journal_id = '{journal}' and position = 2"
    ),
    "every actual entry on expenditure or income is in one year's position": (
        "update lines set financial_year = '2016/17' where id = '{line}'"
    ),
    "every agreement has its whole history": (
        "delete from agreement_versions where agreement_id = '{agreement}' and version = 1"
    ),
}


@pytest.mark.parametrize("check", PLANTED)
async def test_a_planted_break_is_found_and_named(own_stack, ledger, check):
    """The break is made on a copy of the tables, so that the next one starts from a whole ledger."""
    connection = await own_stack.superuser()
    tables = ("balances", "entries", "idempotency_keys", "events", "agreement_versions", "lines")
    await connection.execute("set search_path = budget; set session_replication_role = replica")
    try:
        for table in tables:
            await connection.execute(f"create temp table kept_{table} as table {table}")
        await connection.execute(PLANTED[check].format(**ledger))
        code, report, _ = run(own_stack)
        found = broken_by(report)
        assert (code, report["breaks"] > 0) == (1, True)
        assert check in found
        assert all(found.values())
    finally:
        for table in tables:
            await connection.execute(f"delete from {table}; insert into {table} table kept_{table}")
        await connection.close()
    assert run(own_stack)[0] == 0


async def test_a_role_that_does_not_see_everything_proves_nothing(own_stack, ledger):
    code, report, words = run(own_stack, role="app")
    assert (code, report) == (2, None)
    assert "does not see every row" in words
    code, _, words = run(own_stack, BUDGET_BACKUP_URL="")
    assert (code, "BUDGET_BACKUP_URL" in words) == (2, True)
