"""Say what an import of a file would do, and do nothing."""

from __future__ import annotations

from services.budget.rules import ledger_import as rules
from services.budget.store import import_verdicts
from services.budget.store.import_verdicts import LedgerFile
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database


async def try_ledger_import(
    db: Database, caller: Caller, asked: rules.Asked, file: LedgerFile
) -> rules.LedgerImport:
    """The report that an import would give now, by the same rules under the same locks."""
    async with db.begin(caller, write=True) as tx:
        require_commissioner(tx, asked.partnership_id)
        await import_verdicts.stage(tx, file)
        return (await import_verdicts.judge(tx, asked, file)).report
