"""A contract whose value, term or funding changes, as far as its budget goes: what is asked, found and approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.budget.rules.contract_approval import ApprovalAsked, Funding, PartnerApproval, partners
from services.budget.rules.decision import Subject
from services.budget.rules.delegation_limit import LimitSubject
from shared.money import half_up


@dataclass(frozen=True, slots=True)
class YearWorth:
    """What the contract is worth in a financial year, before and after. None where that cannot be said."""

    financial_year: str
    before_pence: int | None
    after_pence: int | None

    @property
    def change_pence(self) -> int | None:
        if self.before_pence is None or self.after_pence is None:
            return None
        return self.after_pence - self.before_pence


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line is to set aside more for the contract, or less where it is below nil."""

    line_id: UUID
    change_pence: int


@dataclass(frozen=True, slots=True)
class ContractRevision:
    """A contract whose terms change, as far as money goes. `decided_on_id` is the variation or contract that partners
    approve. `changes` are the lines that somebody named; the others follow the contract by themselves."""

    id: UUID
    partnership_id: UUID
    contract_id: UUID
    title: str
    day: date
    reason: str
    subject: Subject
    decided_on_id: UUID
    worth_before_pence: int | None
    worth_after_pence: int | None
    years: tuple[YearWorth, ...]
    funding_before: tuple[Funding, ...]
    funding: tuple[Funding, ...]
    changes: tuple[LineChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What one commitment is to hold more, or less. `made`: it is a new one. `named_at`: where it was asked for."""

    commitment_id: UUID
    line_id: UUID
    pool_id: UUID | None
    financial_year: str
    change_pence: int
    made: bool = False
    named_at: int | None = None


@dataclass(frozen=True, slots=True)
class ContractRevised:
    """What was set aside more, what is to be given back once the contract has changed, and who approved."""

    id: UUID
    contract_id: UUID
    approvals: tuple[PartnerApproval, ...]
    raised: tuple[Adjustment, ...]
    to_lower: tuple[Adjustment, ...]


def raised(planned: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(each for each in planned if each.change_pence > 0)


def to_lower(planned: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(each for each in planned if each.change_pence < 0)


def to_approve(asked: ContractRevision, planned: Sequence[Adjustment]) -> ApprovalAsked | None:
    """Each partner decides on what it bears more, or less. A worth that was not known before, or is not afterwards, is
    decided on whole, else a contract would pass every limit by way of one that nobody knows; and on no less than the
    share of what is set aside. Nobody is asked where nothing changes."""
    before, after = partners(asked.funding_before), partners(asked.funding)
    was, now = asked.worth_before_pence, asked.worth_after_pence
    amounts = {
        body: abs(_share(now or 0, after.get(body)) - _share(was or 0, before.get(body)))
        for body in {*before, *after}
    }
    if was is None or now is None:
        moved = sum(abs(each.change_pence) for each in planned)
        amounts = {body: max(amount, _share(moved, after.get(body))) for body, amount in amounts.items()}
    asked_of = {body: amount for body, amount in amounts.items() if amount}
    return (
        ApprovalAsked(LimitSubject.CONTRACT_VARIATION, asked.subject, asked.day, asked_of)
        if asked_of
        else None
    )


def _share(pence: int, percent: Decimal | None) -> int:
    return 0 if percent is None else half_up(Decimal(pence) * percent / 100)
