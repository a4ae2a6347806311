"""Try a batch of journals without posting it: the same checks under the same locks, and nothing is kept."""

from __future__ import annotations

from services.budget.rules import journal_batch as rules
from services.budget.store import batch_postings
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database


async def try_journal_batch(db: Database, caller: Caller, asked: rules.BatchAsked) -> rules.JournalBatch:
    """What would become of each journal, now."""
    async with db.begin(caller, write=True) as tx:
        require_commissioner(tx, asked.partnership_id)
        checked = rules.check_batch(asked)
        async with tx.part(undo=True):
            items, entered = await batch_postings.enter_all(tx, checked)
        return rules.report(checked, items, entered, caller.organisation_id, dry_run=True)
