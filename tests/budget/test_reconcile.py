"""The reconciliation command: silent on a whole ledger, loud and non-zero for every planted break."""

import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict

import pytest

from services.budget.commands.reconcile import reconcile
from tests.budget.reconciling import whole_ledger
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

        yield await whole_ledger(client_for)
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
    assert {check["name"] for check in report["checks"]} == {*PLANTED, *OF_THE_AUDIT}


# Of every service, and each seen to break in tests/shared/test_chain_proof.py.
OF_THE_AUDIT = (
    "every audit row has its event, of one id",
    "no change waits longer than 5 minutes for its link",
    "every sealed change is told to its owner",
    "every link of the chain follows and holds its row",
)


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
    "every change has its audit row and its event": "delete from audit_events where thing_id = '{commitment}'",
    "every commitment is what its moves add up to": (
        "update commitments set reserved_pence = reserved_pence + 1 where id = '{commitment}'"
    ),
    "every sum of commitments is the sum of their moves": (
        "update commitment_balances set day_pence[1] = day_pence[1] + 1 where line_id = '{committed_line}'"
        " and day_pence[1] is not null"
    ),
    "every draw-down was paid by its journal": (
        "update commitment_moves set paid_pence = paid_pence + 1 where journal_id = '{payment}'"
    ),
    "every virement that was posted is its journal": (
        "update virements set amount_pence = amount_pence + 1 where id = '{virement}'"
    ),
    "every settlement posted what its steps took": (
        "update entries set amount_pence = amount_pence * 2 where journal_id = '{settlement_journal}'"
    ),
    "every seal is the root of its branches": (
        "update seals set root = sha256('x') where period_id = '{period}' and number = 1"
    ),
    "every period stands where its last move left it": (
        "update periods set state = 'soft_closed' where id = '{period}'"
    ),
    "every balance was carried forward once": (
        "update year_ends set balance_pence = balance_pence + 1 where id = '{year_end}'"
    ),
    "every line that was moved left what it held": (
        "update lines set budget_pence = budget_pence + 1 where id = '{part}'"
    ),
    "every succession carried what was held": (
        "update balances set amount_pence = amount_pence + 1 where account_id = '{succeeded}'"
    ),
    "every batch posted what it answered": "delete from journals where id = '{in_batch}'",
}


TABLES = (
    *(
        "audit_events",
        "events",
        "idempotency_keys",
        "journals",
        "entries",
        "balances",
        "agreement_versions",
        "lines",
    ),
    *(
        "commitments",
        "commitment_moves",
        "commitment_balances",
        "virements",
        "settlements",
        "seals",
        "year_ends",
    ),
    *("periods", "journal_batches"),
)


@pytest.mark.parametrize("check", PLANTED)
async def test_a_planted_break_is_found_and_named(own_stack, ledger, check):
    """The break is made on a copy of the tables, so that the next one starts from a whole ledger."""
    connection = await own_stack.superuser()
    await connection.execute("set search_path = budget; set session_replication_role = replica")
    try:
        for table in TABLES:
            await connection.execute(f"create temp table kept_{table} as table {table}")
        assert not (await connection.execute(PLANTED[check].format(**ledger))).endswith(" 0")
        found = broken_by(asdict(await reconcile(own_stack.url("budget", "backup"))))
        print(found)
        assert check in found
        assert all(found.values())
    finally:
        for table in TABLES:
            await connection.execute(f"delete from {table}; insert into {table} table kept_{table}")
        await connection.close()
    assert (await reconcile(own_stack.url("budget", "backup"))).breaks == 0


async def test_a_break_is_told_by_the_exit_code(own_stack, ledger):
    connection = await own_stack.superuser()
    change = "update budget.balances set amount_pence = amount_pence {} 1 where amount_pence > 0"
    try:
        await connection.execute(change.format("+"))
        code, report, _ = run(own_stack)
        assert (code, report["breaks"] > 0) == (1, True)
    finally:
        await connection.execute(change.format("-"))
        await connection.close()
    assert run(own_stack)[0] == 0


async def test_a_role_that_does_not_see_everything_proves_nothing(own_stack, ledger):
    code, report, words = run(own_stack, role="app")
    assert (code, report) == (2, None)
    assert "does not see every row" in words
    code, _, words = run(own_stack, BUDGET_BACKUP_URL="")
    assert (code, "BUDGET_BACKUP_URL" in words) == (2, True)
