"""What a contract is worth in each financial year of its term, to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract
from services.contracts.rules.worth import worth_pence
from shared.calendar import FinancialYear, financial_year_of
from shared.money import Money, allocate, half_up


@dataclass(frozen=True, slots=True)
class YearValue:
    """The part of a value that falls into a year. `amount_pence` is None where it cannot be said."""

    financial_year: str
    amount_pence: int | None


@dataclass(frozen=True, slots=True)
class YearEffect:
    """What a change of terms does to one year: before, after, and the difference."""

    financial_year: str
    before_pence: int | None
    after_pence: int | None
    change_pence: int | None


def lifetime_pence(contract: Contract) -> int | None:
    """The value of the whole term. A yearly value counts by days of each financial year (365 or 366).

    None where the value is not known, or where it is yearly and the start or the end is not.
    """
    return worth_pence(
        contract.value.amount_pence, contract.value_basis, contract.start_date, contract.end_date
    )


def by_year(contract: Contract) -> dict[FinancialYear, int | None]:
    """The value by financial year. A total is spread over the days of the term and sums to itself; a yearly value
    is due in full for a whole year and by days for a part of one, half-up.

    A contract without a start or an end has no years. One whose value is not known has years without amounts.
    """
    if contract.start_date is None or contract.end_date is None:
        return {}
    days = days_by_year(contract.start_date, contract.end_date)
    pence = contract.value.amount_pence
    if pence is None:
        return dict.fromkeys(days)
    if contract.value_basis is ValueBasis.TOTAL:
        return dict(zip(days, allocate(pence, list(days.values())), strict=True))
    return {year: half_up(Fraction(pence * count, _length(year))) for year, count in days.items()}


def days_by_year(first: date, last: date) -> dict[FinancialYear, int]:
    """How many days of each financial year lie from the first to the last day, both included."""
    found: dict[FinancialYear, int] = {}
    year = financial_year_of(first)
    while year.first_day <= last:
        found[year] = (min(last, year.last_day) - max(first, year.first_day)).days + 1
        year = year.next()
    return found


def effects(before: Contract, after: Contract, from_day: date) -> tuple[YearEffect, ...]:
    """The effect of changed terms on every year, shown before anybody agrees. Years that are over do not change:
    what a day is worth changes from `from_day` on.
    """
    old, new = by_year(before), _from_day_on(before, after, from_day)
    return tuple(
        YearEffect(
            year.label, old.get(year, 0), new.get(year, 0), _difference(old.get(year, 0), new.get(year, 0))
        )
        for year in sorted({*old, *new})
    )


def values(years: Mapping[FinancialYear, int | None]) -> tuple[YearValue, ...]:
    """The same as a list in order of years."""
    return tuple(YearValue(year.label, years[year]) for year in sorted(years))


def elapsed_pence(contract: Contract, until: date) -> int | None:
    """What of a total value falls on the days before a day, by days of the term, half-up; None where not known."""
    if contract.value.amount_pence is None or contract.start_date is None or contract.end_date is None:
        return None
    whole = (contract.end_date - contract.start_date).days + 1
    gone = min(max((until - contract.start_date).days, 0), whole)
    return half_up(Fraction(contract.value.amount_pence * gone, whole))


def uplifted(contract: Contract, percent: Fraction, from_day: date) -> Money:
    """The value with so many percent more from a day on. A yearly value grows whole; of a total only what is left."""
    money = contract.value
    if money.amount_pence is None:
        return money
    if contract.value_basis is ValueBasis.ANNUAL:
        grown = half_up(money.amount_pence * (1 + percent / 100))
    else:
        gone = elapsed_pence(contract, from_day)
        left = money.amount_pence - (gone or 0)
        grown = money.amount_pence + half_up(left * percent / 100)
    return Money(grown, money.status, money.qualifier)


def _from_day_on(before: Contract, after: Contract, from_day: date) -> dict[FinancialYear, int | None]:
    """The years after a change: days before it keep what they were worth, and a total shares out what is left."""
    start, end = after.start_date, after.end_date
    if start is None or end is None:
        return {}
    if from_day <= start or before.value.amount_pence is None or after.value.amount_pence is None:
        return by_year(after)
    if before.end_date is None:
        return by_year(after)
    old = days_by_year(start, min(from_day - timedelta(days=1), before.end_date, end))
    coming = days_by_year(from_day, end) if from_day <= end else {}
    if after.value_basis is ValueBasis.ANNUAL and before.value_basis is ValueBasis.ANNUAL:
        was, now = before.value.amount_pence, after.value.amount_pence
        return {
            year: half_up(Fraction(was * old.get(year, 0) + now * coming.get(year, 0), _length(year)))
            for year in sorted({*old, *coming})
        }
    if after.value_basis is not ValueBasis.TOTAL or before.value_basis is not ValueBasis.TOTAL:
        return by_year(after)
    gone = elapsed_pence(before, from_day) or 0
    past = dict(zip(old, allocate(gone, list(old.values())), strict=True))
    left = after.value.amount_pence - gone
    ahead = dict(zip(coming, allocate(left, list(coming.values())), strict=True)) if coming else {}
    if not coming:  # a late settlement: it falls into the last year of the term
        ahead = {max(old): left}
    return {year: past.get(year, 0) + ahead.get(year, 0) for year in sorted({*past, *ahead})}


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _length(year: FinancialYear) -> int:
    return (year.last_day - year.first_day).days + 1
