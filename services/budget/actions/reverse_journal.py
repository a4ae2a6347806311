"""Reverse a journal: a new one with the same accounts and the other signs, once for each journal."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import journal as rules
from services.budget.rules.late_entry import SUCCESSION_STANDS
from services.budget.rules.posting_right import require_reverser
from services.budget.rules.settlement import reverse as reopen
from services.budget.rules.year_end import CARRIED_STANDS
from services.budget.store import journals, postings, settlements, year_ends
from shared.calendar import LedgerPeriod
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, tell


async def reverse_journal(
    db: Database,
    caller: Caller,
    sent: Sent,
    journal_id: UUID,
    new_id: UUID,
    effective_date: date,
    narrative: str,
    posting_period: LedgerPeriod | None,
) -> Answer:
    """Post the reversal of a journal. A second one is refused by the rule's reason through the database."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        journal = await journals.get(tx, journal_id)
        if journal.succession_id is not None:
            raise SUCCESSION_STANDS(succession_id=str(journal.succession_id))
        if (year_end := await year_ends.carried_by(tx, journal_id)) is not None:
            raise CARRIED_STANDS(year_end_id=str(year_end))
        settlement = await settlements.lock_posted_by(tx, journal_id)
        draft = rules.reverse(journal, new_id, effective_date, narrative, posting_period)
        reversal = await postings.enter(tx, draft)
        require_reverser(reversal, journal, caller.succeeded)
        if settlement is not None:
            reopened = reopen(settlement, journal_id, reversal.id)
            await settlements.save(tx, reopened)
            await tell(tx, [settlements.told("settlement_journal_reversed", reopened)])
        return await finish(tx, sent, postings.told(reversal, "its_door"), reversal)
