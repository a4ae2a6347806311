"""Whether spend moves from complex care to community and wellness: each category's share, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from services.budget.rules.category import Category
from shared.errors import Kind, reason
from shared.money import NOT_STATED, Money, Total, total

YEARS_BACKWARDS = reason(
    "balance_of_spend_years", Kind.INVALID, "Ask for years from an earlier to a later one, ten at most."
)


class SpendDirection(StrEnum):
    TOWARDS_COMMUNITY = "towards_community"
    TOWARDS_COMPLEX = "towards_complex"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class YearShare:
    """A year's spend by category: percent of the whole to one decimal place, None where anything is unknown."""

    financial_year: str
    spend: Total
    percent: dict[Category, Decimal | None]
    direction: SpendDirection


def balance_of_spend(years: Mapping[str, Mapping[Category, Money]]) -> tuple[YearShare, ...]:
    """The shares of every year in order, each with its direction since the year before (S1-B18).

    A category that is not named is unknown, not nil; one unknown category leaves all shares of its year
    unknown, since the whole is not known.
    """
    answer: list[YearShare] = []
    former: YearShare | None = None
    for year in sorted(years):
        amounts = years[year]
        spend = total((each.value, amounts.get(each, NOT_STATED)) for each in Category)
        percent = {each: _percent(amounts.get(each, NOT_STATED), spend) for each in Category}
        former = YearShare(year, spend, percent, _direction(former, percent))
        answer.append(former)
    return tuple(answer)


def _percent(part: Money, whole: Total) -> Decimal | None:
    if not whole.complete or not whole.known_pence or part.amount_pence is None:
        return None
    return (Decimal(100 * part.amount_pence) / whole.known_pence).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _direction(former: YearShare | None, percent: Mapping[Category, Decimal | None]) -> SpendDirection:
    """Compared by the share of complex care as it is shown, so that the word and the figures agree."""
    before = former.percent[Category.COMPLEX_BED_BASED] if former else None
    now = percent[Category.COMPLEX_BED_BASED]
    if before is None or now is None:
        return SpendDirection.UNKNOWN
    if now == before:
        return SpendDirection.UNCHANGED
    return SpendDirection.TOWARDS_COMMUNITY if now < before else SpendDirection.TOWARDS_COMPLEX
