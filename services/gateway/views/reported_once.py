"""Which lines of several partnerships' scorecards are one figure that its provider reported to each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from services.gateway.clients.scorecards import CardLine
from shared.text import fold_key


def numbered(lines: Iterable[CardLine]) -> Iterator[tuple[tuple[object, int] | None, CardLine]]:
    """The lines of one partnership with their keys: two that are alike there stand under two contracts, and are two."""
    seen: Counter[object] = Counter()
    for line in lines:
        thing = _one_thing(line)
        seen[thing] += 1
        yield (None if thing is None else (thing, seen[thing])), line


def _one_thing(line: CardLine) -> tuple[object, ...] | None:
    """What makes a figure one that was reported once: whose, of what (a code is its owner's own, so its words and unit
    count too), of which part and period, and its value."""
    if line.provider_organisation_id is None or line.latest is None or line.latest.value is None:
        return None
    what = (fold_key(line.code), fold_key(line.title), line.unit, line.value_type, line.axis)
    return (
        line.provider_organisation_id,
        *what,
        line.dimensions,
        line.latest.period,
        line.latest.value,
        line.target,
        line.rating,
    )
