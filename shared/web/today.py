"""Today, where a request names no day: the day in England, whatever the clock of the machine is set to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_ENGLAND = ZoneInfo("Europe/London")


def today_in_england(now: datetime | None = None) -> date:
    """The date in England at this instant. On 1 April at 00:30 summer time it is still 31 March in UTC."""
    return (now or datetime.now(UTC)).astimezone(_ENGLAND).date()
