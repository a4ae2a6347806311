"""Post journals together: all or nothing, or each as it can."""

from __future__ import annotations

from services.budget.rules import journal_batch as rules
from services.budget.store import batch_postings, journal_batches, postings
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, tell


async def post_journal_batch(db: Database, caller: Caller, sent: Sent, asked: rules.BatchAsked) -> Answer:
    """Post what the batch's mode lets be posted, and keep what became of each journal."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        checked = rules.check_batch(asked)
        items, entered = await batch_postings.enter_all(tx, checked)
        batch = rules.report(checked, items, entered, caller.organisation_id, dry_run=False)
        batch = await journal_batches.add(tx, batch)
        await tell(tx, [postings.told(journal, "batch") for journal in entered])
        change = Change(
            what="journal_batch_posted",
            thing="journal_batch",
            thing_id=batch.id,
            owner_organisation_id=batch.owner_organisation_id,
            partnership_id=batch.partnership_id,
            facts={"mode": batch.mode.value, "posted": batch.posted, "refused": batch.refused},
        )
        return await finish(tx, sent, change, batch)
