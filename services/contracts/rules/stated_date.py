"""Dates that documents state for a contract, and where two documents do not agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.calendar import add_months
from shared.errors import Kind, reason

STATED_MONTH_DAY = reason(
    "stated_month_day",
    Kind.INVALID,
    "Where a document states only a month, give the first day of that month.",
)


class StatedKind(StrEnum):
    """What a stated date is the date of."""

    ENDS = "ends"
    RECOMMISSION_BY = "recommission_by"


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as a document has it. A month is kept by its first day."""

    kind: StatedKind
    on: date
    precision: Precision
    source: str
    words: str | None = None

    @property
    def last_day(self) -> date:
        """The last day that the statement allows: `by March 2016` is 31 March 2016."""
        return self.on if self.precision is Precision.DAY else add_months(self.on, 1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateConflict:
    """Documents state different dates for one thing. Until they are reconciled the earliest is kept to."""

    kind: StatedKind
    earliest: date
    stated: tuple[StatedDate, ...]


def check_stated(stated: Iterable[StatedDate]) -> None:
    for at, each in enumerate(stated):
        if each.precision is Precision.MONTH and each.on.day != 1:
            raise STATED_MONTH_DAY(f"/stated_dates/{at}/on")


def earliest(stated: Iterable[StatedDate], kind: StatedKind) -> date | None:
    """The cautious reading: the earliest last day among the statements of a kind."""
    return min((each.last_day for each in stated if each.kind is kind), default=None)


def conflicts(stated: tuple[StatedDate, ...]) -> tuple[DateConflict, ...]:
    """Where statements of a kind cannot all be true (S1-C02 says April 2016, S2-C01 March 2016).

    A day and the month it lies in agree; so do two statements of the same day or month.
    """
    found = []
    for kind in StatedKind:
        of_kind = tuple(each for each in stated if each.kind is kind)
        if of_kind and max(each.on for each in of_kind) > min(each.last_day for each in of_kind):
            found.append(DateConflict(kind, min(each.last_day for each in of_kind), of_kind))
    return tuple(found)
