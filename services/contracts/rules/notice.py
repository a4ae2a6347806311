"""Notice: how long a contract asks for, and the last day on which it can be served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.calendar import add_months
from shared.errors import Kind, reason

NOTICE_PERIOD_MISSING = reason(
    "notice_period_missing", Kind.CONFLICT, "Record the contract's notice period before you record a notice."
)
NOTICE_TOO_SHORT = reason(
    "notice_too_short",
    Kind.INVALID,
    "The contract cannot end before its notice period is over. Choose a later end, or terminate by agreement.",
)
NOTICE_AFTER_END = reason(
    "notice_after_end",
    Kind.INVALID,
    "The contract ends before this notice would end it. No notice is needed.",
)


class NoticeUnit(StrEnum):
    MONTHS = "months"
    DAYS = "days"


class ServedBy(StrEnum):
    """Which side gave notice."""

    COMMISSIONER = "commissioner"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """How much notice a contract asks for."""

    count: int
    unit: NoticeUnit

    def after(self, day: date) -> date:
        """The day on which notice of a day runs out.

        Months are counted to the corresponding date, or to the month's last day where it has none
        (Dodds v Walker [1981] UKHL 3).
        """
        if self.unit is NoticeUnit.DAYS:
            return day + timedelta(days=self.count)
        return add_months(day, self.count)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was served. `consultation` says how those affected were consulted (S1-C07)."""

    id: UUID
    served_on: date
    served_by: ServedBy
    ends_on: date
    reason: str
    consultation: str


def last_day_to_serve(ends_on: date, period: NoticePeriod) -> date:
    """The latest day of which notice runs out no later than the end (S1-C07).

    Of months the end less the period, or a few days more: six months from 31 March run out on 30 September.
    """
    if period.unit is NoticeUnit.DAYS:
        return ends_on - timedelta(days=period.count)
    day = add_months(ends_on, -period.count)
    while period.after(later := day + timedelta(days=1)) <= ends_on:
        day = later
    return day


def check_notice(notice: Notice, period: NoticePeriod | None, end_date: date | None) -> None:
    """Refuse a notice that is shorter than the contract asks for, or that would end it after its end."""
    if period is None:
        raise NOTICE_PERIOD_MISSING()
    if notice.served_on > last_day_to_serve(notice.ends_on, period):
        raise NOTICE_TOO_SHORT("/ends_on", earliest_end=period.after(notice.served_on).isoformat())
    if end_date is not None and notice.ends_on > end_date:
        raise NOTICE_AFTER_END("/ends_on", contract_ends=end_date.isoformat())
