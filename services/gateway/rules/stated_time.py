"""Times as papers state them: a day, a month, a year, a span of these, or a month of no year; on it, or by its end."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.errors import Kind, reason

TIME_UNREADABLE = reason(
    "stated_time_unreadable",
    Kind.INVALID,
    "Write 2015-03-31, 2015-03 or 2015, a span as 2016-11/2016-12, or --11 for a November of which no year is said.",
)
SPAN_TURNED = reason("stated_span_turned", Kind.INVALID, "The span ends before it begins.")


class StatedBound(StrEnum):
    """`on`: some time in it. `by`: at its end at the latest."""

    ON = "on"
    BY = "by"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a stated time may mean, both inclusive. `first` is None for `by`."""

    first: date | None
    last: date


_PART = r"[12]\d{3}(?:-\d{2}(?:-\d{2})?)?"
_TIME = re.compile(rf"({_PART})(?:/({_PART}))?", re.ASCII)
_MONTH_ALONE = re.compile(r"--(0[1-9]|1[0-2])", re.ASCII)


def days_of(text: str, bound: StatedBound, pointer: str = "") -> Days | None:
    """The days that it may mean; None where no year is said, for then nobody knows. Refuses what cannot be read."""
    if _MONTH_ALONE.fullmatch(text):
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise TIME_UNREADABLE(pointer)
    first, last = _edges(found[1], pointer)
    if found[2] is not None:
        last = _edges(found[2], pointer)[1]
    if last < first:
        raise SPAN_TURNED(pointer)
    return Days(None if bound is StatedBound.BY else first, last)


def _edges(text: str, pointer: str) -> tuple[date, date]:
    parts = [int(each) for each in text.split("-")]
    try:
        first = date(*[*parts, 1, 1][:3])
    except ValueError:
        raise TIME_UNREADABLE(pointer) from None
    if len(parts) == 3:
        return first, first
    month = first.month if len(parts) == 2 else 12
    return first, date(first.year, month, monthrange(first.year, month)[1])


def meet(those: list[Days]) -> bool:
    """Whether there is a day that all of them may mean."""
    latest_first = max((each.first for each in those if each.first is not None), default=None)
    return latest_first is None or latest_first <= min(each.last for each in those)
