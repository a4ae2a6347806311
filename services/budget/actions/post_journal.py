"""Post a journal: once, balanced, and into the books at one instant."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules import journal as rules
from services.budget.store import journals
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def post_journal(db: Database, caller: Caller, sent: Sent, draft: rules.Draft) -> Answer:
    """Post the draft, or give back what was answered when it was posted before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        return await enter(tx, sent, draft)


async def enter(tx: Transaction, sent: Sent, draft: rules.Draft) -> Answer:
    """Put a draft into the ledger within a transaction that is open already."""
    accounts = await journals.lock_accounts(tx, (entry.account_id for entry in draft.entries))
    journal = rules.post(draft, accounts, tx.caller.organisation_id)
    journal = replace(journal, recorded_at=await journals.add(tx, journal))
    change = Change(
        what="journal_posted",
        thing="journal",
        thing_id=journal.id,
        owner_organisation_id=journal.owner_organisation_id,
        partnership_id=journal.partnership_id,
        facts={
            "kind": journal.kind.value,
            "book": journal.book.value,
            "posting_period": journal.posting_period,
        },
    )
    return await finish(tx, sent, change, journal)
