"""What a line still has: its adjusted budget less what is spent and committed, and what may not be passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.line import LINE_UNKNOWN, Arrangement
from services.budget.rules.line_budget import LINE_OVER
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE, Money, summed

COMMITMENT_PAST_LIMIT = reason(
    "commitment_past_limit",
    Kind.CONFLICT,
    "The line has a limit on what may be committed, and this would pass it. Move budget to the line first.",
)
LIMIT_OF_UNKNOWN_BUDGET = reason(
    "commitment_limit_of_unknown_budget",
    Kind.CONFLICT,
    "The limit is the line's budget, and that is not known yet. Record the budget, or a limit in pence.",
)
COMMITMENT_LIMIT_AMOUNT = reason(
    "commitment_limit_amount",
    Kind.INVALID,
    "A limit in pence names its amount; one by the line's budget, or none, names no amount.",
)
LIMIT_BY_OWNER = reason(
    "commitment_limit_by_owner",
    Kind.CONFLICT,
    "Only the organisation whose money the line is sets its limit.",
)


class LimitBasis(StrEnum):
    """What a line's commitments may not pass: its adjusted budget, an amount, or nothing."""

    ADJUSTED_BUDGET = "adjusted_budget"
    AMOUNT = "amount"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CommitmentLimit:
    """A limit set for a line by its owner; the last one set stands (S5-B15)."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    basis: LimitBasis
    limit_pence: int | None
    reason: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class LineFunds:
    """A line, locked, with its sums in pence. `actual_pence` is None where nothing was ever posted.

    `fence` is the grant that its money is bound to, where there is one; `spending` whether it is revenue or capital.
    """

    line_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    pool_id: UUID | None
    financial_year: str
    budget: Money
    fence: str | None = None
    ended_on: date | None = None
    counts_from: date | None = None
    party_ids: frozenset[UUID] = frozenset()
    host_organisation_id: UUID | None = None
    moved_pence: int = 0
    actual_pence: int | None = None
    committed_pence: int = 0
    limit_basis: LimitBasis = LimitBasis.NONE
    limit_pence: int | None = None
    spending: str | None = None
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FundsShown:
    """What a line has, as an answer shows it. Null where the budget is not known.

    `available_pence` is the adjusted budget less actual and committed; `overspend_pence` what is lacking of it.
    """

    line_id: UUID
    budget_adjusted: Money
    actual_pence: int | None
    committed_pence: int
    available_pence: int | None
    overspend_pence: int | None
    commitment_limit_pence: int | None


def adjusted(line: LineFunds) -> Money:
    """Moving money into a line whose budget is unknown does not make the budget known."""
    if line.budget.amount_pence is None:
        return line.budget
    return summed(line.budget.amount_pence + line.moved_pence)


def available_pence(line: LineFunds) -> int | None:
    budget = adjusted(line).amount_pence
    return None if budget is None else budget - (line.actual_pence or 0) - line.committed_pence


def shown(line: LineFunds) -> FundsShown:
    left = available_pence(line)
    budget = adjusted(line)
    limit = budget.amount_pence if line.limit_basis is LimitBasis.ADJUSTED_BUDGET else line.limit_pence
    return FundsShown(
        line.line_id,
        budget,
        line.actual_pence,
        line.committed_pence,
        left,
        None if left is None else max(-left, 0),
        limit,
    )


def require_usable(line: LineFunds | None, organisation_id: UUID, pointer: str = "/line_id") -> LineFunds:
    """The line, if the organisation may use it: a pooled one as a party to its agreement, any other as its owner."""
    if line is None:
        raise LINE_UNKNOWN(pointer)
    if line.arrangement is Arrangement.POOLED:
        usable = organisation_id in line.party_ids
    else:
        usable = organisation_id == line.owner_organisation_id
    if not usable:
        raise LINE_UNKNOWN(pointer)
    return line


def day_on(line: LineFunds, day: date) -> date:
    """A day of a line's own time: no earlier than it counts, and no later than its year."""
    last = read_financial_year(line.financial_year).last_day
    return min(max(day, line.counts_from or day), last)


def require_living(line: LineFunds, pointer: str = "/line_id") -> None:
    """Refuse to commit or move budget of a line that another has taken the place of."""
    if line.ended_on is not None:
        raise LINE_OVER(pointer, line_id=str(line.line_id), ended_on=line.ended_on)


def require_within_limit(line: LineFunds, added_pence: int) -> None:
    """Refuse what would take actual and committed together past the line's limit."""
    if line.committed_pence + added_pence > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/amount_pence", largest_pence=LARGEST_PENCE)
    if line.limit_basis is LimitBasis.NONE or added_pence <= 0:
        return
    most = line.limit_pence
    if line.limit_basis is LimitBasis.ADJUSTED_BUDGET:
        most = adjusted(line).amount_pence
        if most is None:
            raise LIMIT_OF_UNKNOWN_BUDGET("/line_id")
    assert most is not None
    used = (line.actual_pence or 0) + line.committed_pence
    if used + added_pence > most:
        raise COMMITMENT_PAST_LIMIT(
            "/amount_pence",
            limit_pence=most,
            actual_pence=line.actual_pence,
            committed_pence=line.committed_pence,
            left_pence=max(most - used, 0),
        )


def set_limit(
    limit_id: UUID, line: LineFunds, owner: UUID, basis: LimitBasis, limit_pence: int | None, why: str
) -> CommitmentLimit:
    """The limit, set by the line's owner. One by a budget that is not known cannot be held, so it is refused."""
    if line.owner_organisation_id != owner:
        raise LIMIT_BY_OWNER("/line_id")
    if (basis is LimitBasis.AMOUNT) != (limit_pence is not None):
        raise COMMITMENT_LIMIT_AMOUNT("/limit_pence")
    if basis is LimitBasis.ADJUSTED_BUDGET and adjusted(line).amount_pence is None:
        raise LIMIT_OF_UNKNOWN_BUDGET("/basis")
    return CommitmentLimit(
        limit_id,
        line.partnership_id,
        line.owner_organisation_id,
        line.arrangement,
        line.financial_year,
        line.line_id,
        basis,
        limit_pence,
        why,
    )
