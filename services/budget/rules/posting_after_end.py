"""What may still be posted once an agreement has ended, and that nothing is once its final account is signed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.budget.rules.journal import Journal, JournalKind
from services.budget.rules.ledger_account import PostingAccount
from shared.errors import Kind, reason

AFTER_LAST_DAY = reason(
    "journal_after_last_day",
    Kind.INVALID,
    "The agreement has ended by that date. Date what belongs to its time within it; later, only settle what is left.",
)
FINAL_ACCOUNT_SIGNED = reason(
    "journal_after_final_account",
    Kind.CONFLICT,
    "Every party has signed the final account of this agreement. Nothing more is posted under it.",
)

# Invoices, accruals, settlement and audit follow the end (domain, section 3); these would be new business.
NEW_BUSINESS = frozenset(
    {
        JournalKind.CONTRIBUTION,
        JournalKind.EXPENDITURE,
        JournalKind.PREPAYMENT,
        JournalKind.IN_KIND,
        JournalKind.VIREMENT,
        JournalKind.SUPPLEMENTARY_ESTIMATE,
    }
)


def check_after_end(journal: Journal, accounts: Mapping[UUID, PostingAccount]) -> None:
    """Refuse new business dated after the last day of a pool's agreement, and everything after its closure.

    By the effective date: an invoice that comes late for what was delivered in time is posted as it is dated.
    """
    for index, entry in enumerate(journal.entries):
        account = accounts[entry.account_id]
        if account.arrangement != "pooled":
            continue
        if account.agreement_closed_on is not None:
            raise FINAL_ACCOUNT_SIGNED(f"/entries/{index}/account_id", closed_on=account.agreement_closed_on)
        last_day = account.agreement_last_day
        if last_day is not None and journal.effective_date > last_day and journal.kind in NEW_BUSINESS:
            raise AFTER_LAST_DAY("/effective_date", last_day=last_day, kind=journal.kind)
