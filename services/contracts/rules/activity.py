"""The activity that a contract plans by financial year, and what was delivered against it (S2-C04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.errors import Kind, reason
from shared.text import fold_key

ACTIVITY_TWICE = reason(
    "activity_twice", Kind.INVALID, "The activity plan has this measure twice for the same financial year."
)
ACTIVITY_NEGATIVE = reason(
    "activity_negative", Kind.INVALID, "Planned and delivered activity is not negative."
)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """How much of a measure is planned in a year, in its unit: bed days, attendances, hours."""

    measure: str
    unit: str
    financial_year: str
    planned: Decimal


def check_activity(lines: Sequence[ActivityLine]) -> None:
    """Refuse a measure twice in a year, and less than nothing."""
    seen: set[tuple[str, str]] = set()
    for at, line in enumerate(lines):
        key = (fold_key(line.measure), line.financial_year)
        if key in seen:
            raise ACTIVITY_TWICE(f"/activity_plan/{at}")
        seen.add(key)
        if line.planned < 0:
            raise ACTIVITY_NEGATIVE(f"/activity_plan/{at}/planned")
