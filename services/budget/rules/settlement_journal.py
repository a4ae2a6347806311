"""The journal that puts the steps of a settlement into the books of the pooled fund."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.risk_share import VarianceDirection
from services.budget.rules.settled import Worked
from services.budget.rules.settlement import Settlement
from shared.calendar import LedgerPeriod, read_financial_year
from shared.errors import Kind, reason

ACCOUNT_UNFIT = reason(
    "settlement_account_unfit",
    Kind.INVALID,
    "This account is not the one of that kind, pool and partner, or it is not yours to post to.",
)
ACCOUNT_NEEDED = reason(
    "settlement_account_needed",
    Kind.INVALID,
    "The steps move money to or from an account that is not named here.",
)
RESERVE_GONE = reason(
    "settlement_reserve_gone",
    Kind.CONFLICT,
    "The risk reserve no longer holds what the settlement takes from it. Withdraw it and propose it anew.",
)
OTHER_YEAR = reason(
    "settlement_other_year",
    Kind.INVALID,
    "Date the settlement's journal within the financial year that it settles.",
)


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """The account of one partner or of one other pool."""

    of: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where the money is: the pool's fund, its reserve, each partner's contributions, other pools' funds."""

    fund_account_id: UUID
    reserve_account_id: UUID | None = None
    partners: tuple[NamedAccount, ...] = ()
    pools: tuple[NamedAccount, ...] = ()

    @property
    def ids(self) -> list[UUID]:
        named = [each.account_id for each in (*self.partners, *self.pools)]
        reserve = [self.reserve_account_id] if self.reserve_account_id else []
        return [self.fund_account_id, *reserve, *named]


@dataclass(frozen=True, slots=True)
class JournalAsked:
    """How the posting is to be: under which id, as of which day, in which period, between which accounts."""

    journal_id: UUID
    effective_date: date
    posting_period: LedgerPeriod | None
    narrative: str
    accounts: Accounts


def draft(
    settlement: Settlement, steps: Iterable[Worked], asked: JournalAsked, found: Mapping[UUID, Account]
) -> Draft:
    """Money comes to the fund from reserve, other pools and partners in an overspend; in an underspend it goes back."""
    if asked.effective_date not in read_financial_year(settlement.financial_year):
        raise OTHER_YEAR("/effective_date", financial_year=settlement.financial_year)
    amounts: dict[UUID, int] = {}
    where = _Places(settlement.pool_id, asked.accounts, found)
    fund_id = where.fund()
    for step in steps:
        if step.taken.from_reserve_pence:
            _add(amounts, where.reserve(), step.taken.from_reserve_pence)
        for pool in step.taken.from_pools:
            _add(amounts, where.pool(pool.pool_id), pool.amount_pence)
        for each in step.taken.borne:
            _add(amounts, where.partner(each.organisation_id), each.amount_pence)
    sign = -1 if settlement.outcome.direction is VarianceDirection.OVERSPEND else 1
    entries = [Entry(account, sign * amount) for account, amount in amounts.items()]
    fund = Entry(fund_id, -sum(each.amount_pence for each in entries))
    return Draft(
        id=asked.journal_id,
        book=Book.ACTUAL,
        kind=JournalKind.RISK_SHARE_ADJUSTMENT,
        effective_date=asked.effective_date,
        posting_period=asked.posting_period,
        narrative=asked.narrative,
        client_reference=None,
        settlement_id=settlement.id,
        entries=(fund, *entries),
    )


def require_reserve(steps: Iterable[Worked], held_pence: int) -> None:
    """Refuse to take more from the risk reserve than it holds on the year's last day, in pence."""
    wanted = sum(each.taken.from_reserve_pence for each in steps)
    if wanted and wanted > held_pence:
        raise RESERVE_GONE(held_pence=held_pence, wanted_pence=wanted)


def _add(amounts: dict[UUID, int], account: UUID, pence: int) -> None:
    amounts[account] = amounts.get(account, 0) + pence


class _Places:
    """Finds each account that the steps need, and refuses one that is not what it is named as."""

    def __init__(self, pool_id: UUID, asked: Accounts, found: Mapping[UUID, Account]) -> None:
        self._pool_id = pool_id
        self._asked = asked
        self._found = found

    def fund(self) -> UUID:
        at = "/accounts/fund_account_id"
        return self._fit(self._asked.fund_account_id, AccountKind.FUND, self._pool_id, None, at)

    def reserve(self) -> UUID:
        at = "/accounts/reserve_account_id"
        if self._asked.reserve_account_id is None:
            raise ACCOUNT_NEEDED(at)
        return self._fit(self._asked.reserve_account_id, AccountKind.RESERVE, self._pool_id, None, at)

    def pool(self, pool_id: UUID) -> UUID:
        account, at = self._named(self._asked.pools, pool_id, "/accounts/pools")
        return self._fit(account, AccountKind.FUND, pool_id, None, at)

    def partner(self, organisation: UUID) -> UUID:
        account, at = self._named(self._asked.partners, organisation, "/accounts/partners")
        return self._fit(account, AccountKind.CONTRIBUTION, self._pool_id, organisation, at)

    def _named(self, some: tuple[NamedAccount, ...], of: UUID, at: str) -> tuple[UUID, str]:
        for index, each in enumerate(some):
            if each.of == of:
                return each.account_id, f"{at}/{index}/account_id"
        raise ACCOUNT_NEEDED(at, of=str(of))

    def _fit(
        self, account_id: UUID, kind: AccountKind, pool: UUID, organisation: UUID | None, at: str
    ) -> UUID:
        account = self._found.get(account_id)
        fund = self._found.get(self._asked.fund_account_id)
        if (
            account is None
            or fund is None
            or (account.kind, account.pool_id, account.arrangement) != (kind, pool, "pooled")
            or account.owner_organisation_id != fund.owner_organisation_id
            or account.line_id is not None
            or (organisation is not None and account.organisation_id != organisation)
        ):
            raise ACCOUNT_UNFIT(at)
        return account_id
