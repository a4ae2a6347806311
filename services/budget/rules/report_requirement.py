"""What guidance or an agreement asks of a report: when it is due, and which conditions it must answer. Data, not code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.report_period import Report
from shared.calendar import read_financial_year
from shared.errors import Kind, reason

DUE_BEFORE_YEAR = reason(
    "report_due_before_year", Kind.INVALID, "A report is due on or after the first day of its financial year."
)
REPORT_CONDITIONS_REPEATED = reason(
    "report_conditions_repeated", Kind.INVALID, "Give each condition of the report a code of its own."
)


@dataclass(frozen=True, slots=True)
class AskedCondition:
    """One condition that the report must answer, in the words of the guidance."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportRequirement:
    """What is asked of one report of a year, or of one quarter of it, with where it is laid down.

    A later one for the same report takes the place of an earlier one, and both stay on record.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    report: Report
    financial_year: str
    quarter: int | None
    due_on: date
    conditions: tuple[AskedCondition, ...]
    source: str
    version: int = 1


def lay_down(asked: ReportRequirement) -> ReportRequirement:
    """The requirement, if its day and its conditions hold together."""
    if asked.due_on < read_financial_year(asked.financial_year).first_day:
        raise DUE_BEFORE_YEAR("/due_on")
    codes = [each.code for each in asked.conditions]
    if len(set(codes)) != len(codes):
        raise REPORT_CONDITIONS_REPEATED("/conditions")
    return asked


def in_force(found: Sequence[ReportRequirement], quarter: int | None) -> ReportRequirement | None:
    """The last recorded of the asked quarter or year; `found` is in the order of recording."""
    of_period = [each for each in found if each.quarter == quarter]
    return of_period[-1] if of_period else None
