"""Scorecard and outcomes for money as tables for people: in pounds, and what is not known stays empty."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.api.place_rows import withheld_rows
from services.gateway.clients.scorecards import CardLine
from services.gateway.renderings.pounds import Row, pounds
from services.gateway.views.contract_value import ContractForMoney
from services.gateway.views.outcomes_for_money import OutcomesForMoney
from services.gateway.views.system_scorecard import SystemScorecard

_LINE: Row = (
    "Indicator", "Title", "Axis", "Provider", "Period", "Value", "Unit", "Target", "Trend", "Rating", "Reason",
)  # fmt: skip
SCORECARD_HEADINGS: Row = ("Row", "Contract", *_LINE)
MONEY_HEADINGS: Row = (
    "Row", "Contract", "Service", "Reference", "Contract title", "State", "Value (£)", "Value is", "Spend (£)",
    "Spend is whole", "Unit cost (£)", *_LINE,
)  # fmt: skip
INCOMPLETE: Row = ("Not complete: something is missing, unknown or withheld.",)


def scorecard_rows(view: SystemScorecard) -> Iterator[Row]:
    """A row for each line, and last whose figures are withheld."""
    yield SCORECARD_HEADINGS
    for each in view.lines or ():
        yield ("line", str(each.contract_id) if each.contract_id else None, *_line(each))
    yield from withheld_rows(view.withheld_contributors, len(SCORECARD_HEADINGS))
    if not view.complete:
        yield INCOMPLETE


def money_rows(view: OutcomesForMoney) -> Iterator[Row]:
    """A contract a row, beneath it its unit costs and its outcomes; the money that is for none, and who withholds what."""
    yield MONEY_HEADINGS
    for each in view.contracts:
        start: Row = (str(each.contract_id), each.service, each.reference, each.title, each.state)
        yield ("contract", *start, *_money(each), None, *(None,) * len(_LINE))
        for cost in each.unit_costs:
            empty = (None, None, cost.period, None, cost.unit, None, None, None, cost.because)
            money = (*(None,) * 4, cost.pounds, cost.code, cost.title)
            yield ("unit cost", *start, *money, *empty)
        for line in each.outcomes or ():
            yield ("outcome", *start, *(None,) * 5, *_line(line))
    spent = pounds(view.without_contract_pence)
    yield ("without contract", *(None,) * 7, spent, *(None,) * (len(_LINE) + 2))
    yield from withheld_rows(view.withheld_contributors, len(MONEY_HEADINGS))
    if not view.complete:
        yield INCOMPLETE


def _money(of: ContractForMoney) -> Row:
    value = pounds(of.value.amount_pence) if of.value else None
    return (value, of.value_basis, pounds(of.spend_pence), of.spend_whole)


def _line(line: CardLine) -> Row:
    latest, target = line.latest, line.target
    return (
        line.code,
        line.title,
        line.axis,
        str(line.provider_organisation_id) if line.provider_organisation_id else None,
        latest.period if latest else None,
        latest.value if latest else None,
        line.unit,
        target.value if target else None,
        line.trend,
        line.rating,
        line.reason,
    )
