"""Whether a suppressed count can be worked out from the counts that are shown and the sums that bind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

Bounds = dict[UUID, tuple[Decimal, Decimal]]
_MOST = Decimal(10) ** 15


def told(
    shown: Mapping[UUID, Decimal | None],
    wholes: Mapping[UUID, Collection[UUID]],
    threshold: int,
    rounding: int,
) -> set[UUID]:
    """The suppressed counts of which only one value is possible, to who knows the rule and that parts make wholes.

    `shown` are the published counts, None where suppressed; `wholes` the wholes of each part.
    """
    found = possible(shown, wholes, threshold, rounding)
    return {each for each, value in shown.items() if value is None and found[each][0] >= found[each][1]}


def possible(
    shown: Mapping[UUID, Decimal | None],
    wholes: Mapping[UUID, Collection[UUID]],
    threshold: int,
    rounding: int,
) -> Bounds:
    """The lowest and highest value that each of these counts can have."""
    found = {each: _by_rule(value, threshold, rounding) for each, value in shown.items()}
    parts: dict[UUID, list[UUID]] = {}
    for part, whole in ((part, whole) for part, each in wholes.items() for whole in each):
        if part in found and whole in found:
            parts.setdefault(whole, []).append(part)
    # Where the parts on view are plainly not all of it, nobody takes them for the whole.
    partial = {
        whole for whole, below in parts.items() if sum(found[part][1] for part in below) < found[whole][0]
    }
    for _ in range(len(found) + 2):
        before = dict(found)
        for whole, below in parts.items():
            _narrow(found, whole, below, whole in partial)
        if found == before:
            break
    return found


def _by_rule(value: Decimal | None, threshold: int, rounding: int) -> tuple[Decimal, Decimal]:
    if value is None:
        return Decimal(1), _MOST
    if value == 0:
        return value, value
    slack = Decimal(rounding // 2)
    return max(Decimal(threshold + 1), value - slack), value + slack


def _narrow(found: Bounds, whole: UUID, below: list[UUID], partial: bool) -> None:
    """Bind a whole and its parts by their sum. Where parts are told to be all of it, both sides narrow."""
    low, high = (sum((found[part][end] for part in below), Decimal(0)) for end in (0, 1))
    found[whole] = (max(found[whole][0], low), found[whole][1] if partial else min(found[whole][1], high))
    for part in below:
        others = [sum((found[each][end] for each in below if each != part), Decimal(0)) for end in (0, 1)]
        least = found[part][0] if partial else max(found[part][0], found[whole][0] - others[1])
        found[part] = (least, min(found[part][1], found[whole][1] - others[0]))
