"""The one way into the ledger, for every action that moves money: lock the accounts, ask the rule, add the journal."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules.journal import Draft, Journal, post
from services.budget.store import journals
from shared.audit import Change
from shared.db import Transaction


async def enter(tx: Transaction, draft: Draft) -> Journal:
    """The journal that the draft becomes, with its balances, in the transaction that is open."""
    accounts = await journals.lock_accounts(tx, (entry.account_id for entry in draft.entries))
    journal = post(draft, accounts, tx.caller.organisation_id)
    return replace(journal, recorded_at=await journals.add(tx, journal))


def told(journal: Journal) -> Change:
    """What the posting of a journal tells."""
    return Change(
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
