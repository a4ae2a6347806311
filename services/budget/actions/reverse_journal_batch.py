"""Reverse every journal of a batch, or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules import journal_batch as rules
from services.budget.store import batch_postings, journal_batches, journals, postings
from shared.audit import Change
from shared.calendar import LedgerPeriod
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, tell


@dataclass(frozen=True, slots=True)
class Undoing:
    """How a batch is undone: under which new id, as of which day (or each as of its own), and why."""

    id: UUID
    effective_date: date | None
    narrative: str
    posting_period: LedgerPeriod | None


async def reverse_journal_batch(
    db: Database, caller: Caller, sent: Sent, batch_id: UUID, undoing: Undoing
) -> Answer:
    """Post the reversals in one transaction. One that has been reversed before refuses them all, and is named."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        batch = await journal_batches.get(tx, batch_id)
        posted = await journals.of_ids(tx, rules.posted_ids(batch))
        asked = rules.reverse_batch(
            batch, posted, undoing.id, undoing.effective_date, undoing.narrative, undoing.posting_period
        )
        items, entered = await batch_postings.enter_all(tx, asked, posted)
        reversal = rules.report(asked, items, entered, caller.organisation_id, dry_run=False)
        reversal = await journal_batches.add(tx, reversal)
        await tell(tx, [postings.told(journal, "batch") for journal in entered])
        change = Change(
            what="journal_batch_reversed",
            thing="journal_batch",
            thing_id=batch.id,
            owner_organisation_id=batch.owner_organisation_id,
            partnership_id=batch.partnership_id,
            facts={"reversal": str(reversal.id), "posted": reversal.posted},
        )
        return await finish(tx, sent, change, reversal)
