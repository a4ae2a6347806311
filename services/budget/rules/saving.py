"""Savings as a range: a lower and a higher rate for each year on a base that stays frozen, beside a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from shared.errors import Kind, reason
from shared.money import Money, Total, half_up, total

RATES_CROSSED = reason(
    "saving_rates_crossed", Kind.INVALID, "The lower rate of a saving is not above its higher rate."
)
STRAND_ABOVE_PARENT = reason(
    "saving_strand_above_parent", Kind.INVALID, "A strand cannot save more than the plan that it is part of."
)
NO_ASSUMPTION = reason(
    "saving_no_assumption", Kind.INVALID, "No savings rates were in effect on that day for that year."
)
PENCE_IN_A_THOUSAND_POUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Rates:
    """What part of the base is saved in a year: 0.02 is 2 %."""

    lower: Decimal
    higher: Decimal


@dataclass(frozen=True, slots=True)
class Assumption:
    """A version of the rates: by financial year, held from a day on (S1-B13)."""

    effective_from: date
    rates: Mapping[str, Rates]


@dataclass(frozen=True, slots=True)
class SavingRange:
    """A year's saving between two totals. Both are incomplete where a partner's base is not known."""

    financial_year: str
    lower: Total
    higher: Total


def saving_range(financial_year: str, bases: Sequence[tuple[str, Money, Rates]]) -> SavingRange:
    """The range over several named bases, each with its own rates (S1-B08).

    Each saving is base x rate to the penny, rounded half up once; a base that is to be confirmed leaves the
    range incomplete and names who is missing (S1-B11).
    """
    for name, _, rates in bases:
        if rates.lower > rates.higher:
            raise RATES_CROSSED(base=name)
    return SavingRange(
        financial_year,
        total((name, _part(base, rates.lower)) for name, base, rates in bases),
        total((name, _part(base, rates.higher)) for name, base, rates in bases),
    )


def _part(base: Money, rate: Decimal) -> Money:
    if base.amount_pence is None:
        return base
    return Money(half_up(base.amount_pence * rate), base.status, base.qualifier)


def assumption_on(assumptions: Iterable[Assumption], day: date) -> Assumption:
    """The version of the rates that was in effect on a day."""
    begun = [each for each in assumptions if each.effective_from <= day]
    if not begun:
        raise NO_ASSUMPTION(day=day)
    return max(begun, key=lambda each: each.effective_from)


def changed_rates(older: Assumption, newer: Assumption) -> dict[str, tuple[Rates | None, Rates | None]]:
    """The years whose rates differ between two versions, each with what it was and what it is."""
    years = sorted({*older.rates, *newer.rates})
    pairs = {year: (older.rates.get(year), newer.rates.get(year)) for year in years}
    return {year: pair for year, pair in pairs.items() if pair[0] != pair[1]}


class Cause(StrEnum):
    """Why a printed figure is not the one that its own base and rate give."""

    TRUNCATED = "truncated"
    ROUNDED_PARTS = "rounded_parts"
    UNEXPLAINED = "unexplained"


def in_thousands(amount_pence: int) -> int:
    """Whole thousands of pounds, halves up, as savings tables print them."""
    return half_up(Decimal(amount_pence) / PENCE_IN_A_THOUSAND_POUNDS)


def differs_from_printed(amount_pence: int, printed_thousands: int) -> Cause | None:
    """None where the printed figure is right; otherwise the likely cause.

    The staffing table of 2014 prints 1,629 x 2 % = 32.58 as 32 (cut off) beside 1,629 x 10 % = 162.9 as 163
    (rounded): two habits in one table (S1-B09).
    """
    if in_thousands(amount_pence) == printed_thousands:
        return None
    if amount_pence >= 0 and amount_pence // PENCE_IN_A_THOUSAND_POUNDS == printed_thousands:
        return Cause.TRUNCATED
    near = abs(Decimal(amount_pence) / PENCE_IN_A_THOUSAND_POUNDS - printed_thousands) < 2
    return Cause.ROUNDED_PARTS if near else Cause.UNEXPLAINED


@dataclass(frozen=True, slots=True)
class AgainstPlan:
    """A range beside the plan it belongs to: percent of the plan, and what is left to be found elsewhere.

    None where the plan or the range is not known as a whole. A negative residual: the range exceeds the plan.
    """

    lower_percent: Decimal | None
    higher_percent: Decimal | None
    most_to_find_pence: int | None
    least_to_find_pence: int | None


def against_plan(found: SavingRange, plan: Money) -> AgainstPlan:
    """How far a range goes towards a year's plan (S1-B12)."""
    lower = found.lower.known_pence if found.lower.complete else None
    higher = found.higher.known_pence if found.higher.complete else None
    if lower is None or higher is None or not plan.amount_pence:
        return AgainstPlan(None, None, None, None)
    return AgainstPlan(
        _percent(lower, plan.amount_pence),
        _percent(higher, plan.amount_pence),
        plan.amount_pence - lower,
        plan.amount_pence - higher,
    )


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """A year of a savings plan and of one strand of it. A blank cell is not stated, never nil."""

    financial_year: str
    plan: Money
    strand: Money


def check_plan(years: Sequence[PlannedYear]) -> tuple[Total, Total]:
    """The plan's and the strand's totals over the years; a strand above its parent is refused (S1-B07)."""
    for year in years:
        plan, strand = year.plan.amount_pence, year.strand.amount_pence
        if plan is not None and strand is not None and strand > plan:
            raise STRAND_ABOVE_PARENT(financial_year=year.financial_year, over_by_pence=strand - plan)
    return (
        total((year.financial_year, year.plan) for year in years),
        total((year.financial_year, year.strand) for year in years),
    )
