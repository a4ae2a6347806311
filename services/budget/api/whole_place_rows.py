"""The whole place as a table: each year by arrangement, by category and partner, and by line, in pounds."""

from __future__ import annotations

from collections.abc import Iterator

from services.budget.renderings.pounds import Row, pounds
from services.budget.rules.figures import Figures
from services.budget.rules.whole_place import WholePlace, YearOfPlace

HEADINGS: Row = (
    "Financial year",
    "As at",
    "Row",
    "Arrangement",
    "Category",
    "Organisation",
    "Name",
    "Budget (£)",
    "Actual (£)",
    "Variance (£)",
    "Share of spend (%)",
    "Direction",
    "Complete",
)


def rows(place: WholePlace) -> Iterator[Row]:
    """The headings, then year by year. An empty cell is not known, or does not apply."""
    yield HEADINGS
    shares = {each.financial_year: each for each in place.balance}
    for year in place.years:
        yield from _totals(year)
        start: Row = (year.financial_year, year.as_at)
        for category, percent in shares[year.financial_year].percent.items():
            way = shares[year.financial_year].direction.value
            yield (*start, "balance", None, category.value, None, None, None, None, None, percent, way, None)
        for each in year.by_category_and_partner:
            whose = (each.category.value, str(each.organisation_id), None)
            yield (*start, "partner", None, *whose, *_money(each.figures))
        for line in year.lines:
            who = (line.category.value, str(line.owner_organisation_id), line.name)
            money = (
                pounds(line.budget_adjusted_pence),
                pounds(line.actual_pence),
                pounds(line.variance_pence),
            )
            whole = line.budget_adjusted_pence is not None and line.actual_pence is not None
            yield (*start, "line", line.arrangement.value, *who, *money, None, None, whole)


def _totals(year: YearOfPlace) -> Iterator[Row]:
    for name in ("pooled", "aligned", "shadow", "whole"):
        held: Figures = getattr(year.totals, name)
        yield (year.financial_year, year.as_at, "total", name, None, None, None, *_money(held))


def _money(held: Figures) -> Row:
    complete = held.budget_adjusted.complete and held.actual.complete
    known = (held.budget_adjusted.known_pence, held.actual.known_pence, held.variance_pence)
    return (*map(pounds, known), None, None, complete)
