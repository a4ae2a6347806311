"""Which report is asked for: of whom, for which year or quarter, as at which day and as recorded when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.calendar import FinancialYear, add_months
from shared.errors import Kind, reason

REPORT_DAY_OUTSIDE = reason(
    "report_day_outside",
    Kind.INVALID,
    "A report as at a day needs a day of its financial year, no later than the end of its quarter.",
)


class Report(StrEnum):
    """The reports that have due dates, conditions and words of their own."""

    SECTION_75 = "section_75"
    BETTER_CARE_FUND = "better_care_fund"


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """One report: `quarter` 1 to 4, or None for the year's. Figures run from 1 April to `as_at`."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    quarter: int | None
    as_at: date
    as_recorded: datetime | None


def ask_report(
    partnership_id: UUID,
    pool_id: UUID | None,
    year: FinancialYear,
    quarter: int | None,
    as_at: date | None,
    as_recorded: datetime | None,
) -> ReportAsked:
    """The question, with the last day of the quarter or the year where no day is named."""
    last = last_day_of(year, quarter)
    if as_at is not None and not year.first_day <= as_at <= last:
        raise REPORT_DAY_OUTSIDE("?as_at", first_day=year.first_day, last_day=last)
    return ReportAsked(partnership_id, pool_id, year.label, quarter, as_at or last, as_recorded)


def last_day_of(year: FinancialYear, quarter: int | None) -> date:
    """The last day of a quarter that counts from April; of the year where none is named."""
    if quarter is None:
        return year.last_day
    return date.fromordinal(add_months(year.first_day, 3 * quarter).toordinal() - 1)
