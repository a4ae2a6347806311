"""What still comes for books that were succeeded: by whom, dated when, and what is no longer posted in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from services.budget.rules.journal import Journal, JournalKind
from services.budget.rules.ledger_account import PostingAccount
from services.budget.rules.opening_balance import REAL
from shared.errors import Kind, reason

AFTER_SUCCESSION = reason(
    "journal_after_succession",
    Kind.INVALID,
    "The organisation behind this account was succeeded by that date. Post it to its successor's account.",
)
BEFORE_SUCCESSION = reason(
    "journal_before_succession",
    Kind.INVALID,
    "A successor's line holds what is dated from the succession on. Post what is of before to its predecessor's line.",
)
BY_PREDECESSOR = reason(
    "journal_by_predecessor",
    Kind.FORBIDDEN,
    "Your organisation has been succeeded and posts nothing more. Its successor posts what comes late.",
)
BOOKS_DIVIDED = reason(
    "journal_books_divided",
    Kind.CONFLICT,
    "These books were divided among several successors. Each posts its share of what came late in its own books.",
)
BY_SUCCESSION_ONLY = reason(
    "journal_by_succession_only",
    Kind.INVALID,
    "Opening balances come by the succession of an organisation, and by nothing else.",
)
SUCCESSION_STANDS = reason(
    "journal_of_a_succession",
    Kind.CONFLICT,
    "This journal carried balances over to a successor and stands. Correct what it carried in the books before it.",
)
LATE_BY_JOURNAL = reason(
    "import_of_succeeded_books",
    Kind.CONFLICT,
    "What comes late for an organisation that was succeeded is posted as journals, so that each is labelled so.",
)


def predecessor_of(accounts: Mapping[UUID, PostingAccount], acting_for: Collection[UUID]) -> UUID | None:
    """For whom a journal is posted late: the body that the poster succeeded and whose account it touches."""
    for account in accounts.values():
        if account.predecessor_id is not None and account.predecessor_id in acting_for:
            return account.predecessor_id
    return None


def check_late(journal: Journal, accounts: Mapping[UUID, PostingAccount]) -> None:
    """Refuse new money in books that were succeeded, and anything from who was succeeded."""
    if journal.kind is JournalKind.SUCCESSION:
        if journal.succession_id is None:
            raise BY_SUCCESSION_ONLY("/kind")
        return
    for index, entry in enumerate(journal.entries):
        account = accounts[entry.account_id]
        pointer = f"/entries/{index}/account_id"
        taken_over = account.line_taken_over_on
        if taken_over is not None and journal.effective_date < taken_over:
            raise BEFORE_SUCCESSION(pointer, succeeded_on=taken_over)
        if account.succeeded_on is None:
            continue
        if journal.effective_date >= account.succeeded_on:
            raise AFTER_SUCCESSION(pointer, succeeded_on=account.succeeded_on)
        if account.predecessor_id == journal.posted_by_organisation_id:
            raise BY_PREDECESSOR(pointer)
        if account.successors > 1 and account.arrangement != "pooled" and account.kind in REAL:
            raise BOOKS_DIVIDED(pointer)


def carries_on(account: PostingAccount) -> bool:
    """Whether what is posted to it late has to reach a successor's account too."""
    return account.succeeded_on is not None and account.kind in REAL
