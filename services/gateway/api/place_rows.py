"""The whole place and its balance of spend as tables for people: in pounds, and what is not known stays empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.gateway.clients.positions import FundFigures
from services.gateway.clients.whole_places import ShareYear
from services.gateway.renderings.pounds import Row, pounds
from services.gateway.rules.view import WithheldContributor
from services.gateway.views.place_spend import SpendBalance, WholePlace

PLACE_HEADINGS: Row = (
    "Financial year", "Row", "Arrangement", "Category", "Organisation", "Budget (£)", "Actual (£)", "Variance (£)",
    "Share of spend (%)", "Direction", "Complete", "Because",
)  # fmt: skip
BALANCE_HEADINGS: Row = (
    "Financial year", "Category", "Share (%)", "Direction", "Whole of the year (£)", "Complete", "Organisation", "Because",
)  # fmt: skip


def place_rows(view: WholePlace) -> Iterator[Row]:
    """The totals of each year, then by category, partner and both, the balance, and last whose figures are withheld."""
    yield PLACE_HEADINGS
    for year in view.years or ():
        start: Row = (year.financial_year,)
        for name in ("pooled", "aligned", "shadow", "whole"):
            yield (*start, "total", name, None, None, *_money(getattr(year.totals, name)))
        for category in year.by_category:
            yield (*start, "category", None, category.category, None, *_money(category.figures))
        for partner in year.by_partner:
            yield (*start, "partner", None, None, str(partner.organisation_id), *_money(partner.figures))
        for both in year.by_category_and_partner:
            whose = (both.category, str(both.organisation_id))
            yield (*start, "category and partner", None, *whose, *_money(both.figures))
    for shares in view.balance or ():
        for name, percent in shares.percent.items():
            share = (percent or None, shares.direction, shares.spend.complete)
            yield (shares.financial_year, "balance", None, name, None, None, None, None, *share, None)
    yield from withheld_rows(view.withheld_contributors, 12)
    if not view.complete:
        yield ("Not complete: something is missing, unknown or withheld.",)


def balance_rows(view: SpendBalance) -> Iterator[Row]:
    """A row for each category of each year, and last whose figures are withheld."""
    yield BALANCE_HEADINGS
    for year in view.years or ():
        for name, percent in year.percent.items():
            whole = (pounds(_whole(year)), year.spend.complete)
            yield (year.financial_year, name, percent or None, year.direction, *whole, None, None)
    yield from withheld_rows(view.withheld_contributors, 8)
    if not view.complete:
        yield ("Not complete: something is missing, unknown or withheld.",)


def withheld_rows(withheld: Sequence[WithheldContributor], columns: int) -> Iterator[Row]:
    """Whose figures are left out, and why, in the last two of so many columns but the organisation."""
    for each in withheld:
        empty = (None,) * (columns - 4)
        yield ("withheld", *empty, each.service, str(each.organisation_id), each.because)


def _whole(year: ShareYear) -> int | None:
    return year.spend.known_pence if year.spend.complete else None


def _money(held: FundFigures) -> Row:
    budget, actual, variance, whole = money_cells(held)
    return (budget, actual, variance, None, None, whole, None)


def money_cells(held: FundFigures) -> tuple[Decimal | None, Decimal | None, Decimal | None, bool]:
    """Budget, actual and variance in pounds, and whether budget and actual are known whole."""
    whole = held.budget_adjusted.complete and held.actual.complete
    return (
        pounds(held.budget_adjusted.known_pence),
        pounds(held.actual.known_pence),
        pounds(held.variance_pence),
        whole,
    )
