"""How a year's budget falls over its months or quarters, and a longer one over its years, to the penny."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.budget.rules.line import Line
from shared.calendar import FinancialYear, LedgerPeriod, read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, allocate, total

PARTS_WRONG = reason(
    "profile_parts_wrong", Kind.INVALID, "A profile has twelve months or four quarters, each with its figure."
)
NOT_THE_BUDGET = reason(
    "profile_not_the_budget",
    Kind.INVALID,
    "The parts of a profile add up to the year's approved budget, to the penny.",
)
BUDGET_UNKNOWN = reason(
    "profile_budget_unknown",
    Kind.CONFLICT,
    "The line's budget is not known yet, so it cannot be spread over the year. Record its budget first.",
)
ONE_WAY = reason(
    "profile_one_way",
    Kind.INVALID,
    "Send weights to spread the budget by, or the amounts themselves: one of the two.",
)
CONTINUES_WRONGLY = reason(
    "line_continues_wrongly",
    Kind.INVALID,
    "A line continues a line of your own in the year before, of the same partnership and category.",
)


class Interval(StrEnum):
    """By which parts of the year."""

    MONTH = "month"
    QUARTER = "quarter"


PARTS = {Interval.MONTH: 12, Interval.QUARTER: 4}


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """One month or quarter: its number in the financial year, its first day, and what falls in it."""

    number: int
    first_day: date
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Profile:
    """How a line's year falls over its parts, as laid down once. A later profile takes its place.

    `fits` is false once the approved budget has changed since: then a new profile is due.
    """

    id: UUID
    line_id: UUID
    number: int
    financial_year: str
    interval: Interval
    budget_pence: int
    parts: tuple[ProfilePart, ...]
    fits: bool = True
    recorded_at: datetime | None = None


def spread(
    budget_pence: int, interval: Interval, weights: Sequence[Decimal] | None = None
) -> tuple[int, ...]:
    """The budget over the parts of a year by weights, or evenly, by largest remainders: they sum to it."""
    weights = [Decimal(1)] * PARTS[interval] if weights is None else weights
    if len(weights) != PARTS[interval]:
        raise PARTS_WRONG("/weights", parts=PARTS[interval])
    return allocate(budget_pence, weights)


def lay_down(
    line: Line,
    approved: Money,
    profile_id: UUID,
    number: int,
    interval: Interval,
    weights: Sequence[Decimal] | None,
    amounts: Sequence[int] | None,
) -> Profile:
    """The profile of a line's year: of the budget approved for it by the end of the year."""
    if approved.amount_pence is None:
        raise BUDGET_UNKNOWN()
    if weights is not None and amounts is not None:
        raise ONE_WAY("/amounts_pence")
    if amounts is None:
        amounts = spread(approved.amount_pence, interval, weights)
    elif len(amounts) != PARTS[interval]:
        raise PARTS_WRONG("/amounts_pence", parts=PARTS[interval])
    elif sum(amounts) != approved.amount_pence:
        out_by = sum(amounts) - approved.amount_pence
        raise NOT_THE_BUDGET("/amounts_pence", out_by_pence=out_by, budget_pence=approved.amount_pence)
    year = read_financial_year(line.financial_year)
    return Profile(
        profile_id,
        line.id,
        number,
        line.financial_year,
        interval,
        approved.amount_pence,
        parts_of(year, interval, amounts),
    )


def parts_of(year: FinancialYear, interval: Interval, amounts: Sequence[int]) -> tuple[ProfilePart, ...]:
    """The amounts with the first day of each part."""
    months = 12 // PARTS[interval]
    return tuple(
        ProfilePart(at + 1, LedgerPeriod(year, at * months + 1).first_day, pence)
        for at, pence in enumerate(amounts)
    )


def require_continues(line: Line, former: Line | None) -> None:
    """Refuse a line of several years that does not follow one of its own, a year before."""
    if line.continues_line_id is None:
        return
    same = former is not None and (
        (former.owner_organisation_id, former.partnership_id, former.category)
        == (line.owner_organisation_id, line.partnership_id, line.category)
        and read_financial_year(former.financial_year).next() == read_financial_year(line.financial_year)
    )
    if not same:
        raise CONTINUES_WRONGLY("/continues_line_id")


@dataclass(frozen=True, slots=True)
class YearOutlook:
    """One year of a line of several years."""

    line_id: UUID
    financial_year: str
    approved: Money
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A line over its years. `known_pence` is None where no year is known, and the whole only where `complete`."""

    years: tuple[YearOutlook, ...]
    known_pence: int | None
    complete: bool

    @classmethod
    def over(cls, years: Sequence[YearOutlook]) -> Outlook:
        whole = total((each.financial_year, each.approved) for each in years)
        return cls(tuple(years), whole.known_pence, whole.complete)
