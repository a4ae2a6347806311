"""Whether a suppressed count can be worked out from the counts that are shown and the sums that bind them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

Bounds = dict[UUID, tuple[Decimal, Decimal]]
_MOST = Decimal(10) ** 15


def told(
    shown: Mapping[UUID, Decimal | None], wholes: Mapping[UUID, UUID], threshold: int, rounding: int
) -> set[UUID]:
    """The suppressed counts of which only one value is possible, to who knows the rule and that parts make wholes.

    `shown` are the published counts, None where suppressed; `wholes` the whole of each part.
    """
    found = {each: _by_rule(value, threshold, rounding) for each, value in shown.items()}
    parts: dict[UUID, list[UUID]] = {}
    for part, whole in wholes.items():
        if part in found and whole in found:
            parts.setdefault(whole, []).append(part)
    for _ in range(len(found) + 2):
        before = dict(found)
        for whole, below in parts.items():
            _narrow(found, whole, below)
        if found == before:
            break
    return {each for each, value in shown.items() if value is None and found[each][0] >= found[each][1]}


def _by_rule(value: Decimal | None, threshold: int, rounding: int) -> tuple[Decimal, Decimal]:
    if value is None:
        return Decimal(1), _MOST
    if value == 0:
        return value, value
    slack = Decimal(rounding // 2)
    return max(Decimal(threshold + 1), value - slack), value + slack


def _narrow(found: Bounds, whole: UUID, below: list[UUID]) -> None:
    """Bind a whole and its parts by their sum. Where parts are told to be all of it, both sides narrow."""
    low, high = (sum((found[part][end] for part in below), Decimal(0)) for end in (0, 1))
    found[whole] = (max(found[whole][0], low), min(found[whole][1], high))
    for part in below:
        others = [sum((found[each][end] for each in below if each != part), Decimal(0)) for end in (0, 1)]
        found[part] = (
            max(found[part][0], found[whole][0] - others[1]),
            min(found[part][1], found[whole][1] - others[0]),
        )
