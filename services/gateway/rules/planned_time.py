"""A time as exactly as its source says it: a day, a month or a year, and the last day that it may mean."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def last_day_of(text: str) -> date:
    """The last day that `2015-03-31`, `2015-03` or `2015` may mean. ValueError on anything else."""
    year, *rest = (int(each) for each in text.split("-"))
    if not rest:
        return date(year, 12, 31)
    month, *days = rest
    return date(year, month, days[0] if days else monthrange(year, month)[1])
