"""Say what an import of figures would do, and do nothing."""

from __future__ import annotations

from services.outcomes.actions.import_returns import ReturnFile, work_out
from services.outcomes.rules.return_import_report import ReturnImportReport
from shared.caller import Caller
from shared.db import Database


async def try_returns(db: Database, caller: Caller, file: ReturnFile) -> ReturnImportReport:
    """The report that an import would give now. What would be new has no id yet."""
    async with db.begin(caller, snapshot=True) as tx:
        return await work_out(tx, file, caller, write=False)
