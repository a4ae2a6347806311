"""A journal: money moving between accounts, in one book, adding up to nothing. Posted once, never edited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.budget.rules.entry import Entry
from services.budget.rules.ledger_account import AccountKind, NextYear, PostingAccount
from services.budget.rules.posting_period import Shut, posting_period
from services.budget.rules.vat import check_vat
from shared.calendar import LedgerPeriod, financial_year_of
from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE

MOST_ENTRIES = 500

TOO_FEW_ENTRIES = reason(
    "journal_too_few_entries", Kind.INVALID, "A journal needs at least two entries, one for each side."
)
UNBALANCED = reason(
    "journal_unbalanced",
    Kind.INVALID,
    "The entries of a journal must add up to zero: debits plus, credits minus.",
)
NIL_ENTRY = reason("journal_nil_entry", Kind.INVALID, "An entry must move an amount other than nil.")
ACCOUNT_UNKNOWN = reason(
    "account_unknown", Kind.INVALID, "There is no such account, or it is not yours to post to."
)
ACCOUNTS_MIXED = reason(
    "journal_accounts_mixed",
    Kind.INVALID,
    "All accounts of a journal must be of one partnership and one arrangement, and if aligned of one organisation.",
)
OUTSIDE_LINE_YEAR = reason(
    "journal_outside_line_year", Kind.INVALID, "Date the entry within the line's financial year."
)
REVERSAL_OTHER_YEAR = reason(
    "journal_reversal_other_year",
    Kind.INVALID,
    "Date the reversal within the financial year of the journal that it undoes, and post it to a later period.",
)
BEFORE_COMMENCEMENT = reason(
    "journal_before_commencement",
    Kind.INVALID,
    "The pooled fund held no money on that date. Post it to an interim account, or date it from commencement on.",
)
WRONG_BOOK = reason(
    "journal_wrong_book",
    Kind.INVALID,
    "A virement or supplementary estimate changes the budget book; every other kind posts to the actual book.",
)
REVERSAL_KIND = reason(
    "journal_reversal_kind",
    Kind.INVALID,
    "Reverse a journal by its reversal address, so that it happens only once.",
)
ALREADY_REVERSED = reason("journal_already_reversed", Kind.CONFLICT, "This journal has been reversed before.")
REVERSAL_OF_REVERSAL = reason(
    "journal_reversal_of_reversal",
    Kind.CONFLICT,
    "A reversal is not reversed; post the journal again instead.",
)
CLIENT_REFERENCE_USED = reason(
    "client_reference_used",
    Kind.CONFLICT,
    "Your organisation has posted another journal under this reference.",
)
OTHER_BOOKS = reason(
    "journal_reverses_other_books",
    Kind.CONFLICT,
    "A reversal stands in the same books as the journal that it undoes.",
)


class Book(StrEnum):
    """Two books, each of which balances alone: approved amounts, and what happened."""

    BUDGET = "budget"
    ACTUAL = "actual"


class JournalKind(StrEnum):
    """Why money moves."""

    CONTRIBUTION = "contribution"
    EXPENDITURE = "expenditure"
    ACCRUAL = "accrual"
    INCOME = "income"
    VIREMENT = "virement"
    CARRY_FORWARD = "carry_forward"
    RISK_SHARE_ADJUSTMENT = "risk_share_adjustment"
    SUPPLEMENTARY_ESTIMATE = "supplementary_estimate"
    PREPAYMENT = "prepayment"
    IN_KIND = "in_kind"
    REVERSAL = "reversal"
    SUCCESSION = "succession"


BUDGET_ONLY = frozenset({JournalKind.VIREMENT, JournalKind.SUPPLEMENTARY_ESTIMATE})
# What adjusts a year that has ended, and so may post to months 13 and 14.
YEAR_END = frozenset(
    {
        JournalKind.ACCRUAL,
        JournalKind.PREPAYMENT,
        JournalKind.CARRY_FORWARD,
        JournalKind.RISK_SHARE_ADJUSTMENT,
        JournalKind.IN_KIND,
        JournalKind.REVERSAL,
    }
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal as it is asked for."""

    id: UUID
    book: Book
    kind: JournalKind
    effective_date: date
    posting_period: LedgerPeriod | None
    narrative: str
    client_reference: str | None
    entries: tuple[Entry, ...]
    reverses_journal_id: UUID | None = None
    virement_id: UUID | None = None
    settlement_id: UUID | None = None
    succession_id: UUID | None = None
    next_year_accounts: tuple[NextYear, ...] = ()

    @property
    def account_ids(self) -> set[UUID]:
        """All accounts that posting it needs."""
        return {each.account_id for each in self.entries} | {
            each.next_account_id for each in self.next_year_accounts
        }


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal as it stands in the ledger. `effective_date` says when it counts, `recorded_at` when it was posted.

    `reversed_by_journal_id` is the journal that undid it, if one has; `on_behalf_of_organisation_id` the body that its
    poster succeeded, where it came late for that one.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    posted_by_organisation_id: UUID
    arrangement: str
    book: Book
    kind: JournalKind
    effective_date: date
    financial_year: str
    posting_period: str
    narrative: str
    client_reference: str | None
    reverses_journal_id: UUID | None
    entries: tuple[Entry, ...]
    recorded_at: datetime | None = None
    reversed_by_journal_id: UUID | None = None
    succession_id: UUID | None = None
    on_behalf_of_organisation_id: UUID | None = None

    @property
    def account_ids(self) -> set[UUID]:
        return {each.account_id for each in self.entries}


def post(
    draft: Draft,
    accounts: Mapping[UUID, PostingAccount],
    posted_by: UUID,
    shut: Shut = MappingProxyType({}),
    acting_for: Collection[UUID] = (),
) -> Journal:
    """The journal that a draft becomes, or a refusal that says which entry is wrong.

    `accounts` holds those of the draft's accounts that the poster may see, `shut` the periods that are not open
    to it, `acting_for` those whom the poster succeeded. Nothing is rounded or moved: the entries must add up to zero
    pence as they are.
    """
    _check_entries(draft)
    _check_kind(draft)
    first = _check_accounts(draft, accounts)
    if first.arrangement != "pooled" and first.owner_organisation_id not in {posted_by, *acting_for}:
        raise ACCOUNT_UNKNOWN("/entries/0/account_id")  # seen by consent, but its owner's to keep
    check_vat(draft.entries, accounts)
    for entry in draft.entries:
        _check_date(draft.effective_date, accounts[entry.account_id])
    period = posting_period(draft.effective_date, draft.posting_period, draft.kind in YEAR_END, shut)
    return Journal(
        id=draft.id,
        partnership_id=first.partnership_id,
        owner_organisation_id=first.owner_organisation_id,
        posted_by_organisation_id=posted_by,
        arrangement=first.arrangement,
        book=draft.book,
        kind=draft.kind,
        effective_date=draft.effective_date,
        financial_year=financial_year_of(draft.effective_date).label,
        posting_period=period.label,
        narrative=draft.narrative,
        client_reference=draft.client_reference,
        reverses_journal_id=draft.reverses_journal_id,
        entries=draft.entries,
        succession_id=draft.succession_id,
    )


def reverse(
    journal: Journal,
    new_id: UUID,
    effective_date: date,
    narrative: str,
    posting_period: LedgerPeriod | None = None,
) -> Draft:
    """The draft that undoes a journal: the same accounts, every amount with the other sign.

    It stays in the journal's financial year, or that year's position would keep what was undone. Found out
    late, it posts to a later period.
    """
    if journal.kind is JournalKind.REVERSAL:
        raise REVERSAL_OF_REVERSAL()
    if journal.reversed_by_journal_id is not None:
        raise ALREADY_REVERSED(reversed_by_journal_id=str(journal.reversed_by_journal_id))
    if financial_year_of(effective_date).label != journal.financial_year:
        raise REVERSAL_OTHER_YEAR("/effective_date", financial_year=journal.financial_year)
    return Draft(
        id=new_id,
        book=journal.book,
        kind=JournalKind.REVERSAL,
        effective_date=effective_date,
        posting_period=posting_period,
        narrative=narrative,
        client_reference=None,
        entries=tuple(each.undone() for each in journal.entries),
        reverses_journal_id=journal.id,
    )


def _check_entries(draft: Draft) -> None:
    if len(draft.entries) < 2:
        raise TOO_FEW_ENTRIES("/entries")
    for index, entry in enumerate(draft.entries):
        if entry.amount_pence == 0:
            raise NIL_ENTRY(f"/entries/{index}/amount_pence")
    out_by = sum(entry.amount_pence for entry in draft.entries)
    if out_by != 0:
        raise UNBALANCED("/entries", out_by_pence=out_by)
    if sum(entry.amount_pence for entry in draft.entries if entry.amount_pence > 0) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/entries", largest_pence=LARGEST_PENCE)


def _check_kind(draft: Draft) -> None:
    if draft.kind is JournalKind.REVERSAL:
        if draft.reverses_journal_id is None:
            raise REVERSAL_KIND("/kind")
        return
    if (draft.kind in BUDGET_ONLY) != (draft.book is Book.BUDGET):
        raise WRONG_BOOK("/book", kind=draft.kind.value)


def _check_date(day: date, account: PostingAccount) -> None:
    """A line's position is of its own year alone, so an entry dated in another would be in none.

    Pooled money moves from commencement on, by the effective date. An interim account is for what came before.
    """
    year = account.line_financial_year
    if account.line_id is not None and financial_year_of(day).label != year:
        raise OUTSIDE_LINE_YEAR("/effective_date", line_financial_year=year, account_id=str(account.id))
    if account.arrangement != "pooled" or account.kind is AccountKind.INTERIM:
        return
    if account.commenced_on is None or day < account.commenced_on:
        raise BEFORE_COMMENCEMENT(
            "/effective_date", commenced_on=account.commenced_on, account_id=str(account.id)
        )


def _check_accounts(draft: Draft, accounts: Mapping[UUID, PostingAccount]) -> PostingAccount:
    for index, entry in enumerate(draft.entries):
        if entry.account_id not in accounts:
            raise ACCOUNT_UNKNOWN(f"/entries/{index}/account_id")
    first = accounts[draft.entries[0].account_id]
    for index, entry in enumerate(draft.entries):
        other = accounts[entry.account_id]
        if (
            other.partnership_id != first.partnership_id
            or other.arrangement != first.arrangement
            or other.owner_organisation_id != first.owner_organisation_id
        ):
            raise ACCOUNTS_MIXED(f"/entries/{index}/account_id")
    return first
