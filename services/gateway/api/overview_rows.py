"""The overview of a partnership as a table for people: money in pounds, contracts, outcomes, and whose figures are missing."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.api.place_rows import money_cells, withheld_rows
from services.gateway.clients.contract_summaries import ContractPicture, ContractValue
from services.gateway.clients.positions import FundFigures, FundPosition
from services.gateway.clients.scorecards import OutcomePicture
from services.gateway.renderings.pounds import Row, pounds
from services.gateway.views.overview import Overview

HEADINGS: Row = (
    "Row", "Name", "Category", "Organisation", "Budget (£)", "Actual (£)", "Variance (£)", "Number", "Value (£)", "Day",
    "Figure", "Rating", "Complete", "Service", "Withheld by", "Because",
)  # fmt: skip
_FUNDS = ("pooled", "aligned", "shadow", "whole")


def overview_rows(view: Overview) -> Iterator[Row]:
    """The fund by arrangement, category and partner, contracts and what ends next, outcomes, and last who withholds what.

    An empty cell is not known. Values of contracts in total and a year are never added to each other.
    """
    yield HEADINGS
    if view.fund is not None:
        yield from _fund(view.fund)
    if view.contracts is not None:
        yield from _contracts(view.contracts)
    if view.scorecard is not None:
        yield from _outcomes(view.scorecard)
    for source in view.sources:
        if source.status != "ok":
            why = None if source.because is None else str(source.because)
            yield ("source", source.status, *(None,) * 10, False, source.service, None, why)
    yield from withheld_rows(view.withheld_contributors, len(HEADINGS))
    if not view.complete:
        yield ("Not complete: something is missing, unknown or withheld.",)


def _fund(fund: FundPosition) -> Iterator[Row]:
    for name in _FUNDS:
        yield _money("fund", name, None, None, getattr(fund.totals, name))
    for category in fund.by_category:
        yield _money("fund by category", None, category.category, None, category.figures)
    for partner in fund.by_partner:
        whose = str(partner.organisation_id)
        yield _money("fund by partner", None, None, whose, partner.figures)


def _money(kind: str, name: str | None, category: str | None, whose: str | None, held: FundFigures) -> Row:
    budget, actual, variance, whole = money_cells(held)
    return (kind, name, category, whose, budget, actual, variance, *(None,) * 5, whole, None, None, None)


def _contracts(picture: ContractPicture) -> Iterator[Row]:
    yield _count("contracts", "running", None, picture.running)
    for state in picture.by_state:
        yield _count("contracts by state", state.state, None, state.contracts)
    for category in picture.by_category:
        yield _worth("contracts, total value", category.category, category.total)
        yield _worth("contracts, value a year", category.category, category.annual)
    for each in picture.ends_next:
        whose = str(each.owner_organisation_id)
        name = f"{each.reference} {each.title}"
        yield ("ends next", name, None, whose, *(None,) * 5, each.ends_on, *(None,) * 6)


def _count(kind: str, name: str, category: str | None, number: int) -> Row:
    return (kind, name, category, None, None, None, None, number, *(None,) * 8)


def _worth(kind: str, category: str | None, value: ContractValue) -> Row:
    known = pounds(value.known_pence)
    start = (kind, None, category, None, None, None, None, value.contracts, known)
    return (*start, None, None, None, value.complete, None, None, None)


def _outcomes(picture: OutcomePicture) -> Iterator[Row]:
    for each in picture.lines:
        whose = None if each.provider_organisation_id is None else str(each.provider_organisation_id)
        name = f"{each.code} {each.title}"
        figure = (each.period, each.value, each.rating, each.value is not None)
        yield ("outcome", name, None, whose, *(None,) * 5, *figure, None, None, None)
