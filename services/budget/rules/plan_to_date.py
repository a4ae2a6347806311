"""How much of a year's plan falls up to a day, by the profile of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from shared.calendar import read_financial_year
from shared.money import allocate


def planned_by(pence: int | None, profile: Sequence[int], financial_year: str, day: date) -> int | None:
    """What of a year's plan falls before the end of a day, in whole parts of its profile; without one, in twelfths.

    A budget that was changed since its profile was laid down falls as that profile does. Spend is held against this,
    and not against the year: a quarter's return of a scheme that starts late is on plan, not underspent (S2-B23).
    """
    if pence is None:
        return None
    weights = list(profile) if any(each > 0 for each in profile) and min(profile) >= 0 else [1] * 12
    year = read_financial_year(financial_year)
    after = min(day, year.last_day) + timedelta(days=1)
    months = 12 if after > year.last_day else (after.month - 4) % 12
    before = sum(weights[: months * len(weights) // 12])
    return allocate(pence, [before, sum(weights) - before])[0]
