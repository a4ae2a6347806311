"""Say what a succession would do to the books, and do nothing."""

from __future__ import annotations

from services.budget.actions.apply_succession import in_the_heirs_name
from services.budget.rules.succession import Succession, check
from services.budget.rules.succession_report import SuccessionReport, report
from services.budget.store import takeovers
from shared.caller import Caller
from shared.db import Database


async def preview_succession(db: Database, caller: Caller, asked: Succession) -> SuccessionReport:
    """The report that the succession would give now, by the same steps under the same locks, all undone."""
    succession = check(asked)
    async with db.begin(in_the_heirs_name(caller, succession), write=True) as tx:
        async with tx.part(undo=True):
            tally = await takeovers.take_over(tx, succession)
        return report(None, tally)
