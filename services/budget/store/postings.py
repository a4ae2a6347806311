"""The one way into the ledger, for every action that moves money: lock the accounts, ask the rule, add the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.budget.rules.accrual import NOT_IN_THE_ACCRUAL, undo
from services.budget.rules.journal import Book, Draft, Journal, JournalKind, post
from services.budget.rules.late_entry import carries_on, check_late, predecessor_of
from services.budget.rules.ledger_account import PostingAccount
from services.budget.rules.line_time import require_line_time
from services.budget.rules.opening_balance import carry
from services.budget.rules.posting_after_end import check_after_end
from services.budget.rules.posting_period import Shut
from services.budget.rules.posting_right import check_right, require_by_settlement
from services.budget.rules.ring_fence import require_spendable
from services.budget.rules.virement import require_by_virement
from services.budget.store import entries, journals, passages
from services.budget.store.journals import Held
from shared.audit import Change
from shared.caller import Caller
from shared.db import Along, Transaction
from shared.idempotency import tell, write


async def enter(tx: Transaction, draft: Draft) -> Journal:
    """The journal that the draft becomes, with its balances, in the transaction that is open.

    An accrual's reversal is posted with it, and told here; so is what carries a late entry on to who succeeded.
    """
    journal, along = await enter_last(tx, draft)
    if along is not None:
        await write(tx, along)
    return journal


async def enter_last(tx: Transaction, draft: Draft) -> tuple[Journal, Along | None]:
    """The same, and what of it is left to be written along with the end of the write, if anything is."""
    held = await journals.lock_accounts(tx, draft.account_ids, draft.effective_date)
    if draft.next_year_accounts and draft.kind is not JournalKind.ACCRUAL:
        raise NOT_IN_THE_ACCRUAL("/next_year_accounts")
    journal = _decided(draft, held, tx.caller)
    if journal.kind is not JournalKind.ACCRUAL and not _late(journal, held):
        return journal, entries.adding(journal)
    await _add(tx, journal, held)
    if journal.kind is not JournalKind.ACCRUAL:
        return journal, None
    undone = _decided(undo(journal, draft, held.accounts), held, tx.caller)
    await _add(tx, undone, held)
    await tell(tx, [told(undone)])
    return replace(journal, reversed_by_journal_id=undone.id), None


def _decided(draft: Draft, held: Held, caller: Caller) -> Journal:
    return replace(decide(draft, held.accounts, caller, held.shut), recorded_at=held.at)


def _late(journal: Journal, held: Held) -> set[UUID]:
    """The accounts of which it carries on what it moved, since they were succeeded."""
    if journal.book is not Book.ACTUAL:
        return set()
    return {each for each in journal.account_ids if carries_on(held.accounts[each])}


async def _add(tx: Transaction, journal: Journal, held: Held) -> None:
    await write(tx, entries.adding(journal))
    if late := _late(journal, held):
        await _carry_on(tx, journal, late)


async def _carry_on(tx: Transaction, journal: Journal, late: set[UUID]) -> None:
    """Carry what a journal moved on accounts that were succeeded to the accounts that took their place."""
    held: dict[UUID, int] = {}
    for entry in journal.entries:
        if entry.account_id in late:
            held[entry.account_id] = held.get(entry.account_id, 0) + entry.amount_pence
    ways = [each for each in await passages.out_of(tx, late) if each.succession_id != journal.succession_id]
    for draft in carry(held, ways, journal.id):
        await tell(tx, [told(await enter(tx, draft))])


def decide(draft: Draft, accounts: Mapping[UUID, PostingAccount], caller: Caller, shut: Shut) -> Journal:
    """The journal that a draft becomes by all rules of posting; an import of many asks here too."""
    succeeded = caller.succeeded
    journal = post(draft, accounts, caller.organisation_id, shut, succeeded)
    require_by_virement(draft)
    require_by_settlement(draft)
    check_late(journal, accounts)
    check_right(journal, accounts, succeeded)
    check_after_end(journal, accounts)
    require_line_time(journal, accounts)
    require_spendable(journal, accounts)
    touched = {each: accounts[each] for each in journal.account_ids}
    return replace(journal, on_behalf_of_organisation_id=predecessor_of(touched, succeeded))


def told(journal: Journal, posted_with: str = "another") -> Change:
    """What the posting of a journal tells, and with what it was posted: by its own door, a batch or another record."""
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
            "posted_with": posted_with,
        },
    )
