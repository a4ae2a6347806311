"""A pooled fund's memorandum account: what it held, received, spent, and holds at the end of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.ledger_account import AccountKind

_FLOWS = frozenset({AccountKind.CONTRIBUTION, AccountKind.INCOME, AccountKind.EXPENDITURE})


@dataclass(frozen=True, slots=True)
class AccountMovement:
    """One account of the pool, by what was posted up to month 14: before the year, and in it. Debits are positive."""

    account_id: UUID
    kind: AccountKind
    line_id: UUID | None
    line_name: str | None
    line_owner_id: UUID | None
    organisation_id: UUID | None
    opening_pence: int
    movement_pence: int


@dataclass(frozen=True, slots=True)
class LineSpend:
    line_id: UUID
    name: str
    owner_organisation_id: UUID
    expenditure_pence: int
    income_pence: int


@dataclass(frozen=True, slots=True)
class PartnerFunding:
    organisation_id: UUID
    received_pence: int


@dataclass(frozen=True, slots=True)
class Memorandum:
    """The fund's own account for the year. Closing is opening, with the net and what passed to or from other pools."""

    opening_pence: int
    funding: tuple[PartnerFunding, ...]
    funding_pence: int
    income_pence: int
    spending: tuple[LineSpend, ...]
    expenditure_pence: int
    net_pence: int
    other_pools_pence: int
    closing_pence: int


def account_of(accounts: Sequence[AccountMovement]) -> Memorandum:
    """The memorandum account. What the fund holds moves by its net, and by what passed to or from other pools."""
    held = [each for each in accounts if each.kind not in _FLOWS]
    opening = sum(each.opening_pence for each in held)
    funding = _funding(accounts)
    spending = _spending(accounts)
    funded = sum(each.received_pence for each in funding)
    income, spent = (
        sum(each.income_pence for each in spending),
        sum(each.expenditure_pence for each in spending),
    )
    return Memorandum(
        opening,
        funding,
        funded,
        income,
        spending,
        spent,
        funded + income - spent,
        sum(each.movement_pence for each in accounts),
        opening + sum(each.movement_pence for each in held),
    )


def _funding(accounts: Sequence[AccountMovement]) -> tuple[PartnerFunding, ...]:
    received: dict[UUID, int] = {}
    for each in accounts:
        if each.kind is AccountKind.CONTRIBUTION and each.organisation_id is not None:
            received[each.organisation_id] = received.get(each.organisation_id, 0) - each.movement_pence
    return tuple(PartnerFunding(key, received[key]) for key in sorted(received))


def _spending(accounts: Sequence[AccountMovement]) -> tuple[LineSpend, ...]:
    """By line, those on which nothing moved left out."""
    found: dict[UUID, LineSpend] = {}
    for each in accounts:
        if (
            each.line_id is None
            or each.line_owner_id is None
            or each.kind not in _FLOWS
            or not each.movement_pence
        ):
            continue
        former = found.get(each.line_id) or LineSpend(
            each.line_id, each.line_name or "", each.line_owner_id, 0, 0
        )
        cost = each.kind is AccountKind.EXPENDITURE
        found[each.line_id] = LineSpend(
            former.line_id,
            former.name,
            former.owner_organisation_id,
            former.expenditure_pence + (each.movement_pence if cost else 0),
            former.income_pence - (0 if cost else each.movement_pence),
        )
    return tuple(sorted(found.values(), key=lambda each: (each.name, each.line_id)))
