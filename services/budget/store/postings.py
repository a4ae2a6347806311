"""The one way into the ledger, for every action that moves money: lock the accounts, ask the rule, add the journal."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules.journal import Draft, Journal, post
from services.budget.rules.ring_fence import require_spendable
from services.budget.rules.posting_after_end import check_after_end
from services.budget.rules.posting_right import check_right
from services.budget.store import entries, journals
from shared.audit import Change
from shared.db import Transaction


async def enter(tx: Transaction, draft: Draft) -> Journal:
    """The journal that the draft becomes, with its balances, in the transaction that is open."""
    ids = (entry.account_id for entry in draft.entries)
    accounts, shut = await journals.lock_accounts(tx, ids, draft.effective_date)
    journal = post(draft, accounts, tx.caller.organisation_id, shut)
    check_right(journal, accounts)
    check_after_end(journal, accounts)
    return replace(journal, recorded_at=await entries.add(tx, journal))


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
