"""The end of a pool's year: proposed from its closed books, and posted once into the next year."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.budget.rules.carry_forward import Share, Treatment, rule_of
from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.section_75 import BodyKind
from shared.calendar import LedgerPeriod, read_financial_year
from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE

NOT_A_FUND = reason(
    "year_end_not_a_fund",
    Kind.INVALID,
    "Name the fund account of a pooled fund whose books your organisation keeps.",
)
YEAR_NOT_CLOSED = reason(
    "year_end_not_closed", Kind.CONFLICT, "Close all fourteen periods of the year's pooled books first."
)
NOTHING_LEFT = reason(
    "year_end_nothing_left", Kind.CONFLICT, "The fund account held nothing when the year ended."
)
POSTED_ALREADY = reason(
    "year_end_posted_already",
    Kind.CONFLICT,
    "The balance of this year has been carried forward from this account before.",
)
LATER_YEAR_CARRIED = reason(
    "year_end_later_year_carried",
    Kind.CONFLICT,
    "A later year of this account has been carried forward, and what was left of this year with it.",
)
CARRIED_STANDS = reason(
    "journal_of_a_year_end",
    Kind.CONFLICT,
    "This journal carried a year's balance forward, once, and stands. Correct it by a carry-forward journal between"
    " the pool's fund and reserve accounts.",
)
BALANCE_MOVED = reason(
    "year_end_balance_moved",
    Kind.CONFLICT,
    "The balance is no longer what was proposed. Make a new proposal from the books as they are.",
)
SHARES_DIFFER = reason(
    "year_end_shares_differ",
    Kind.INVALID,
    "Say what becomes of each share of the proposal, and of each once.",
)
TREATMENT_REFUSED = reason(
    "year_end_treatment_refused", Kind.INVALID, "The rule for this money does not allow that treatment."
)
AGREEMENT_MISSING = reason(
    "year_end_agreement_missing",
    Kind.INVALID,
    "This treatment rests on an agreement or a grant's condition: name it in agreed_in.",
)
SHARE_ACCOUNT_UNFIT = reason(
    "year_end_account_unfit",
    Kind.INVALID,
    "A share goes to a reserve account of the same pool, of that partner or of none, other than the one it comes from.",
)


class YearEndState(StrEnum):
    PROPOSED = "proposed"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What a pool's fund account held when the year ended, and whose it is. Pence; negative is a deficit."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    account_id: UUID
    financial_year: str
    balance_pence: int
    shares: tuple[Share, ...]
    state: YearEndState = YearEndState.PROPOSED
    journal_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ShareAsked:
    """What is to become of one share."""

    organisation_id: UUID
    funding_source: str
    treatment: Treatment
    account_id: UUID
    agreed_in: str | None = None


@dataclass(frozen=True, slots=True)
class CarryAsked:
    """How a year-end is to be posted: the journal's id and narrative, and what becomes of each share."""

    journal_id: UUID
    narrative: str
    shares: tuple[ShareAsked, ...]


def require_fund(account: Account, keepers: Collection[UUID]) -> UUID:
    """The pool of a pooled fund's account that one of these organisations keeps."""
    pooled = account.kind is AccountKind.FUND and account.arrangement == "pooled"
    if not pooled or account.pool_id is None or account.owner_organisation_id not in keepers:
        raise NOT_A_FUND("/account_id")
    return account.pool_id


def require_closed(financial_year: str, closed: Collection[str]) -> None:
    """Refuse while a period of the year is open, since its balance may still move."""
    year = read_financial_year(financial_year)
    still_open = [label for month in range(1, 15) if (label := LedgerPeriod(year, month).label) not in closed]
    if still_open:
        raise YEAR_NOT_CLOSED(open_periods=still_open)


def require_balance(balance_pence: int) -> None:
    if balance_pence == 0:
        raise NOTHING_LEFT("/account_id")
    if abs(balance_pence) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/account_id", largest_pence=LARGEST_PENCE)


def settle(year_end: YearEnd, asked: CarryAsked, accounts: Mapping[UUID, Account]) -> YearEnd:
    """The year-end with what becomes of each share, as each one's rule allows it, ready to be posted."""
    if year_end.state is YearEndState.POSTED:
        raise POSTED_ALREADY()
    wanted = {(each.organisation_id, each.funding_source): n for n, each in enumerate(asked.shares)}
    held = {(each.organisation_id, each.funding_source) for each in year_end.shares}
    if len(wanted) != len(asked.shares) or set(wanted) != held:
        raise SHARES_DIFFER("/shares")
    shares = tuple(
        _settled(share, asked.shares, wanted[share.organisation_id, share.funding_source], year_end, accounts)
        for share in year_end.shares
    )
    return replace(
        year_end,
        shares=shares,
        state=YearEndState.POSTED,
        journal_id=asked.journal_id,
        version=year_end.version + 1,
    )


def carry(year_end: YearEnd, journal_id: UUID, narrative: str) -> Draft:
    """The journal that carries the balance into the next year: out of the fund account, into each share's own.

    It is dated 1 April. The entries add up to nothing, so that what is carried is the balance to the penny.
    """
    day = read_financial_year(year_end.financial_year).next().first_day
    entries = [
        Entry(each.account_id, each.amount_pence)
        for each in year_end.shares
        if each.account_id is not None and each.amount_pence != 0
    ]
    return Draft(
        id=journal_id,
        book=Book.ACTUAL,
        kind=JournalKind.CARRY_FORWARD,
        effective_date=day,
        posting_period=None,
        narrative=narrative,
        client_reference=None,
        entries=(Entry(year_end.account_id, -year_end.balance_pence), *entries),
    )


def _settled(
    share: Share,
    asked: Sequence[ShareAsked],
    index: int,
    year_end: YearEnd,
    accounts: Mapping[UUID, Account],
) -> Share:
    wish, pointer = asked[index], f"/shares/{index}"
    rule = rule_of(share.body_kind, share.funding_source, year_end.financial_year)
    if wish.treatment not in rule.treatments:
        raise TREATMENT_REFUSED(f"{pointer}/treatment", allowed=list(rule.treatments), duty=rule.duty)
    if wish.treatment in rule.by_agreement and wish.agreed_in is None:
        raise AGREEMENT_MISSING(f"{pointer}/agreed_in", duty=rule.duty)
    account = accounts.get(wish.account_id)
    if (
        account is None
        or account.kind is not AccountKind.RESERVE
        or account.pool_id != year_end.pool_id
        or account.arrangement != "pooled"
        or account.organisation_id not in {None, share.organisation_id}
    ):
        raise SHARE_ACCOUNT_UNFIT(f"{pointer}/account_id")
    kept_beyond_its_year = (
        share.body_kind is BodyKind.NHS_BODY
        and wish.treatment is not Treatment.RETURNED
        and share.amount_pence > 0
    )
    return replace(
        share,
        treatment=wish.treatment,
        prepayment=kept_beyond_its_year,
        agreed_in=wish.agreed_in,
        account_id=wish.account_id,
    )
