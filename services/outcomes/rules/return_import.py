"""Figures of returns that come as a CSV file: what each row says, which it can go into, and what is wrong with the others.

One row is one figure: obligation, period, indicator code, and value or status. A row with a fault is left out and named by
line and column; the others go into drafts. The same file again changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from heapq import nsmallest
from typing import Any
from uuid import UUID

from services.outcomes.rules.input_window import INPUT_CLOSED
from services.outcomes.rules.kpi_return import OPEN_TO_PROVIDER, Return, ReturnValue
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.obligation import DueReturn, Obligation
from services.outcomes.rules.return_import_fault import (
    CELL_TORN,
    FIGURE_UNREADABLE,
    FIGURES_TWICE,
    INDICATOR_NOT_ON_FORM,
    NOT_YOUR_OBLIGATION,
    OBLIGATION_UNREADABLE,
    PERIOD_NOT_DUE,
    PERIOD_NOT_ENDED,
    PERIOD_UNLIKE_QUARTER,
    PERSONAL_TEXT,
    RETURN_NOT_OPEN,
    ROW_OVERFLOWS,
    STATUS_UNKNOWN,
    RowFault,
)
from services.outcomes.rules.submission import AskedValue, figure_errors
from shared.calendar import Period, read_financial_year, read_period
from shared.errors import Reason, Refusal
from shared.text import forbidden_character, personal_detail

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "obligation_id": ("Obligation", "Obligation ID"),
    "period": ("Period", "Reporting period"),
    "financial_year": ("Financial year", "Year"),
    "financial_quarter": ("Financial quarter", "Quarter"),
    "indicator": ("Indicator", "Indicator code", "KPI"),
    "value": ("Value", "Figure", "Result"),
    "status": ("Status",),
    "numerator": ("Numerator",),
    "denominator": ("Denominator",),
    "explanation": ("Explanation", "Comment", "Narrative"),
}
NEEDED = ("obligation_id", "period", "indicator", "value")
MOST_CODES = 50
_STATUSES = frozenset(MeasureStatus)
_FIGURE = re.compile(r"-?\d{1,14}(\.\d{1,6})?", re.ASCII)
_FINANCIAL_QUARTER = re.compile(r"(\d{4}[/-]\d{2})\s*Q([1-4])", re.ASCII)


class ImportOutcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ReadFigure:
    """A row as it was read. `faults` say what could not be; then it is not looked at any further."""

    line: int
    obligation_id: UUID | None
    period: Period | None
    indicator: str
    fields: Mapping[str, Any]
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows of one obligation and period go: what is due, the form by code, and the return that there is."""

    obligation: Obligation
    due: DueReturn | None
    form: Mapping[str, AskedValue]
    found: Return | None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a row comes to. `given` is the figure of one that is taken, whole: what the row does not say is cleared."""

    row: ReadFigure
    outcome: ImportOutcome
    indicator_id: UUID | None = None
    faults: tuple[RowFault, ...] = ()
    given: ReturnValue | None = None


Places = Mapping[tuple[UUID, str], Place | None]


def read_figure(line: int, cells: Mapping[str, str], torn: tuple[str, ...], overflows: bool) -> ReadFigure:
    """A row from its cells, with everything that cannot be read."""
    faults = [RowFault.of(line, each, "", CELL_TORN) for each in torn]
    if overflows:
        faults.append(RowFault.of(line, "", "", ROW_OVERFLOWS))
    try:
        obligation_id = UUID(cells.get("obligation_id", ""))
    except ValueError:
        obligation_id = None
        faults.append(
            RowFault.of(line, "obligation_id", cells.get("obligation_id", ""), OBLIGATION_UNREADABLE)
        )
    period = None
    try:
        period = period_of(cells)
    except Refusal as refusal:
        faults.append(RowFault.of(line, "period", cells.get("period", ""), refusal.reason, refusal.facts))
    fields, unreadable = read_fields(line, cells)
    return ReadFigure(line, obligation_id, period, cells.get("indicator", ""), fields, (*faults, *unreadable))


def read_fields(line: int, cells: Mapping[str, str]) -> tuple[dict[str, Any], tuple[RowFault, ...]]:
    """What the row says of its figure, and the columns that cannot be read."""
    fields: dict[str, Any] = {}
    faults = [
        RowFault.of(line, name, "" if why is PERSONAL_TEXT else cells.get(name, ""), why)
        for name, why in _read_fields(cells, fields)
    ]
    return fields, tuple(faults)


def period_of(cells: Mapping[str, str]) -> Period:
    """A DHIS2 id, or a quarter written as England writes it: 2014/15 Q1 is 2014Q2.

    Where the row also says the financial year or quarter, it must be the same: 2014Q1 is the fourth quarter of 2013/14.
    """
    text = cells.get("period", "")
    english = _FINANCIAL_QUARTER.fullmatch(text)
    if english:
        start, quarter = read_financial_year(english[1]).start_year, int(english[2])
        text = f"{start + (quarter == 4)}Q{quarter % 4 + 1}"
    period = read_period(text)
    said_year, said_quarter = (
        cells.get("financial_year", ""),
        cells.get("financial_quarter", "").removeprefix("Q"),
    )
    year = None if not said_year else read_financial_year(said_year).label
    differs = year not in {None, period.financial_year}
    if differs or said_quarter not in {"", str(period.financial_quarter)}:
        raise PERIOD_UNLIKE_QUARTER(
            first_day=period.first_day,
            last_day=period.last_day,
            financial_year=period.financial_year,
            financial_quarter=period.financial_quarter,
        )
    return period


def _read_fields(cells: Mapping[str, str], fields: dict[str, Any]) -> Iterator[tuple[str, Reason]]:
    """Fill in what the row says; a blank cell says nothing. Gives the columns that cannot be read."""
    for name in ("value", "numerator", "denominator"):
        text = cells.get(name, "")
        if text and _FIGURE.fullmatch(text) is None:
            yield name, FIGURE_UNREADABLE
        elif text:
            fields[name] = Decimal(text)
    status = cells.get("status", "")
    if status and status not in _STATUSES:
        yield "status", STATUS_UNKNOWN
    elif status:
        fields["status"] = MeasureStatus(status)
    if not cells.get("value") and not status:
        yield "value", FIGURE_UNREADABLE
    words = cells.get("explanation", "")
    if words and (len(words) > 4000 or forbidden_character(words) or personal_detail(words)):
        yield "explanation", PERSONAL_TEXT
    elif words:
        fields["explanation"] = words


def plan(
    rows: Iterable[ReadFigure], places: Places, provider_of: frozenset[UUID], today: date
) -> Iterator[Step]:
    """What each row comes to, row by row. `provider_of` are the caller's organisations.

    Rows of one obligation and period come in the order of the file, and all of them in one call. Of these only the
    first of each indicator on the form is held.
    """
    first: dict[tuple[UUID, str, str], ReadFigure] = {}
    for row in rows:
        step = _step(row, places, provider_of, today)
        if step.outcome is not ImportOutcome.REJECTED:
            assert row.obligation_id is not None
            assert row.period is not None
            same = first.setdefault((row.obligation_id, row.period.id, row.indicator), row)
            if same is not row:
                step = _again(step, same)
        yield step


def _again(step: Step, first: ReadFigure) -> Step:
    """A figure that the file gives once more: nothing new where it is the same, else a fault."""
    row = step.row
    if first.fields == row.fields:
        return replace(step, outcome=ImportOutcome.UNCHANGED, given=None)
    fault = RowFault.of(row.line, "indicator", row.indicator, FIGURES_TWICE, {"first_line": first.line})
    return Step(row, ImportOutcome.REJECTED, faults=(fault,))


def _step(row: ReadFigure, places: Places, provider_of: frozenset[UUID], today: date) -> Step:
    if row.faults or row.obligation_id is None or row.period is None:
        return Step(row, ImportOutcome.REJECTED, faults=row.faults)
    place = places.get((row.obligation_id, row.period.id))
    fault = _out_of_place(row, place, provider_of, today)
    if fault is not None or place is None:
        return Step(row, ImportOutcome.REJECTED, faults=() if fault is None else (fault,))
    asked = place.form[row.indicator]
    before = (place.found.values or {}).get(asked.indicator.id) if place.found is not None else None
    given = ReturnValue(**row.fields)
    faults = tuple(
        RowFault.of(row.line, field_name.lstrip("/"), str(row.fields.get(field_name.lstrip("/"), "")), why)
        for why, field_name in figure_errors(asked, given)
    )
    if faults:
        return Step(row, ImportOutcome.REJECTED, asked.indicator.id, faults)
    if before == given:
        return Step(row, ImportOutcome.UNCHANGED, asked.indicator.id)
    return Step(row, ImportOutcome.TAKEN, asked.indicator.id, given=given)


def _out_of_place(
    row: ReadFigure, place: Place | None, provider_of: frozenset[UUID], today: date
) -> RowFault | None:
    """Why the row has no place to go to, or None."""
    assert row.period is not None
    if place is None or place.obligation.provider_organisation_id not in provider_of:
        return RowFault.of(row.line, "obligation_id", str(row.obligation_id), NOT_YOUR_OBLIGATION)
    if place.due is None:
        return RowFault.of(row.line, "period", row.period.id, PERIOD_NOT_DUE, place.obligation.reach())
    if row.period.last_day >= today:
        return RowFault.of(
            row.line, "period", row.period.id, PERIOD_NOT_ENDED, {"last_day": row.period.last_day}
        )
    if (shut := _shut(place)) is not None:
        return RowFault.of(row.line, "period", row.period.id, *shut)
    if row.indicator not in place.form:
        return RowFault.of(row.line, "indicator", row.indicator, INDICATOR_NOT_ON_FORM, _codes(place))
    return None


def by_code(form: Iterable[AskedValue]) -> dict[str, AskedValue]:
    """What a form asks for, by code. A code of two indicators names neither, so that no figure goes to the wrong one."""
    asked = list(form)
    counted = Counter(each.indicator.code for each in asked)
    return {each.indicator.code: each for each in asked if counted[each.indicator.code] == 1}


def _codes(place: Place) -> dict[str, Any]:
    """The codes that a form asks for, as facts: the first where there are many, and how many there are."""
    return {"codes": nsmallest(MOST_CODES, place.form), "codes_in_all": len(place.form)}


def _shut(place: Place) -> tuple[Reason, dict[str, Any]] | None:
    """Why nothing more goes into the return of this place, with the facts."""
    if place.found is not None and place.found.state not in OPEN_TO_PROVIDER:
        return RETURN_NOT_OPEN, {"state": place.found.state.value}
    return None if place.closed_on is None else (INPUT_CLOSED, {"closed_on": place.closed_on})
