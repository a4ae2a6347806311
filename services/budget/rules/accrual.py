"""An accrual undoes itself: its reversal is posted with it, dated the first day of the period after its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid5

from services.budget.rules.entry import Entry
from services.budget.rules.journal import ACCOUNT_UNKNOWN, Draft, Journal, JournalKind
from services.budget.rules.ledger_account import PostingAccount
from services.budget.rules.period import last_day_of
from shared.calendar import financial_year_of, read_ledger_period
from shared.errors import Kind, reason

NEXT_YEAR_MISSING = reason(
    "accrual_next_year_account_missing",
    Kind.INVALID,
    "The accrual is undone in the next year. Name the account of that year's line in next_year_accounts.",
)
NEXT_YEAR_DIFFERS = reason(
    "accrual_next_year_account_differs",
    Kind.INVALID,
    "The account for the next year stands on a line of that year, in the same pool and books, and is of the same kind.",
)
NOT_IN_THE_ACCRUAL = reason(
    "accrual_account_not_in_entries",
    Kind.INVALID,
    "Only an accrual that is undone in another year names accounts for it, and only for accounts of its own entries.",
)


def reversal_id(accrual_id: UUID) -> UUID:
    """The id of an accrual's reversal, which follows from its own."""
    return uuid5(accrual_id, "reversal")


def reversal_day(accrual: Journal) -> date:
    """The first day after the period that the accrual was posted to: 1 April after months 12, 13 and 14."""
    return last_day_of(read_ledger_period(accrual.posting_period)) + timedelta(days=1)


def undo(accrual: Journal, asked: Draft, accounts: Mapping[UUID, PostingAccount]) -> Draft:
    """The reversal to post with an accrual: every amount with the other sign.

    An entry on a line belongs to that line's year, so an accrual that is undone in the next year is undone on the
    next year's line, which its draft names. What is on no line, such as a fund or a reserve, stays where it is.
    """
    day = reversal_day(accrual)
    taken = {each.account_id: each.next_account_id for each in asked.next_year_accounts}
    _check_named(asked, accrual, day)
    entries: list[Entry] = []
    for index, entry in enumerate(accrual.entries):
        account = accounts[entry.account_id]
        if account.line_financial_year in {None, financial_year_of(day).label}:
            entries.append(entry.undone())
            continue
        if entry.account_id not in taken:
            raise NEXT_YEAR_MISSING(
                f"/entries/{index}/account_id", financial_year=financial_year_of(day).label
            )
        _check_taken(account, taken[entry.account_id], asked, accounts, day)
        undone = entry.undone()
        entries.append(Entry(taken[entry.account_id], undone.amount_pence, undone.vat, undone.dimensions))
    return Draft(
        id=reversal_id(accrual.id),
        book=accrual.book,
        kind=JournalKind.REVERSAL,
        effective_date=day,
        posting_period=None,
        narrative=accrual.narrative,
        client_reference=None,
        entries=tuple(entries),
        reverses_journal_id=accrual.id,
    )


def _check_named(asked: Draft, accrual: Journal, day: date) -> None:
    crosses = financial_year_of(day).label != accrual.financial_year
    own = {entry.account_id for entry in asked.entries}
    for index, each in enumerate(asked.next_year_accounts):
        if not crosses or each.account_id not in own:
            raise NOT_IN_THE_ACCRUAL(f"/next_year_accounts/{index}/account_id")


def _check_taken(
    account: PostingAccount,
    next_id: UUID,
    asked: Draft,
    accounts: Mapping[UUID, PostingAccount],
    day: date,
) -> None:
    index = next(n for n, each in enumerate(asked.next_year_accounts) if each.account_id == account.id)
    pointer = f"/next_year_accounts/{index}/next_account_id"
    found = accounts.get(next_id)
    if found is None:
        raise ACCOUNT_UNKNOWN(pointer)
    year = financial_year_of(day).label
    same = (
        found.kind is account.kind
        and found.arrangement == account.arrangement
        and found.pool_id == account.pool_id
        and found.owner_organisation_id == account.owner_organisation_id
        and found.partnership_id == account.partnership_id
    )
    if not same or found.line_financial_year != year:
        raise NEXT_YEAR_DIFFERS(pointer, financial_year=year)
