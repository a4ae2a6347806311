"""The whole place: pooled, aligned and shadow money together as if pooled, and how spend is balanced over years.

Bury asked for the whole of the public pound of a place, the 'Bury pound' (S5-B09); Plymouth for the move of spend from
complex care to community and wellness (S1-B18). Shadow and aligned money stay what they are: `pooled` is the statutory
total, `whole` the view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.budget.rules.balance_of_spend import YEARS_BACKWARDS, YearShare, balance_of_spend
from services.budget.rules.category import Category
from services.budget.rules.position import (
    Asked,
    CategoryFigures,
    CategoryPartnerFigures,
    LineFigures,
    Measure,
    Missing,
    PartnerFigures,
    Position,
    Totals,
    Withheld,
    ask,
    name_missing,
)
from shared.calendar import FinancialYear
from shared.money import NOT_STATED, Money, summed

MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class YearOfPlace:
    """One year of the place. Another partner's aligned money is in the totals by category and partner alone."""

    financial_year: str
    as_at: date
    complete: bool
    totals: Totals
    by_category: tuple[CategoryFigures, ...]
    by_partner: tuple[PartnerFigures, ...]
    by_category_and_partner: tuple[CategoryPartnerFigures, ...]
    lines: tuple[LineFigures, ...]


@dataclass(frozen=True, slots=True)
class SpendBalance:
    """The shares of the years of one partnership, by what was spent or by what was budgeted, and of whom they are not."""

    partnership_id: UUID
    basis: str
    as_recorded: datetime | None
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[Withheld, ...]
    years: tuple[YearShare, ...]


@dataclass(frozen=True, slots=True)
class WholePlace:
    """The years, and how the balance of their spend moves. Complete where every year is."""

    partnership_id: UUID
    as_recorded: datetime | None
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[Withheld, ...]
    years: tuple[YearOfPlace, ...]
    balance: tuple[YearShare, ...]


def ask_place(
    partnership_id: UUID,
    first: FinancialYear,
    last: FinancialYear,
    as_at: date | None,
    as_recorded: datetime | None,
) -> tuple[Asked, ...]:
    """A question for each year; `as_at` is a day of the last one, and the years before are whole."""
    if not first <= last < FinancialYear(first.start_year + MOST_YEARS):
        raise YEARS_BACKWARDS("?to_year", most_years=MOST_YEARS)
    years = [FinancialYear(start) for start in range(first.start_year, last.start_year + 1)]
    return tuple(
        ask(partnership_id, None, year, as_at if year == last else None, as_recorded) for year in years
    )


def whole_place(positions: Sequence[Position]) -> WholePlace:
    """The place over the years of these positions, of one partnership, in the order of the years."""
    first = positions[0]
    return WholePlace(
        first.partnership_id,
        first.as_recorded,
        all(each.complete for each in positions),
        _missing(positions),
        tuple(
            sorted(
                {one for each in positions for one in each.withheld_contributors},
                key=lambda one: (one.organisation_id, one.because),
            )
        ),
        tuple(
            YearOfPlace(
                each.financial_year,
                each.as_at,
                each.complete,
                each.totals,
                each.by_category,
                each.by_partner,
                each.by_category_and_partner,
                each.lines,
            )
            for each in positions
        ),
        balance_of_spend({each.financial_year: _spend(each) for each in positions}),
    )


def _missing(positions: Sequence[Position]) -> tuple[Missing, ...]:
    named: list[tuple[UUID, Measure]] = [
        (one.organisation_id, measure)
        for each in positions
        for one in each.missing_contributors
        for measure in one.figures
    ]
    return name_missing(named)


def _spend(position: Position) -> dict[Category, Money]:
    found = {}
    for each in position.by_category:
        known = each.figures.actual.known_pence if each.figures.actual.complete else None
        found[each.category] = NOT_STATED if known is None else summed(known)
    return found
