"""How many lines of a scorecard have each rating, all together and group by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RatingCount:
    """Lines by rating. `of` names the group: an axis, a domain of the framework, a provider's id; null: none is stated."""

    of: str | None
    red: int
    amber: int
    green: int
    unrated: int


def rating_counts(rated: Iterable[tuple[str | None, str]]) -> tuple[RatingCount, ...]:
    """Pairs of group and rating, counted by group; groups in their order, those without a name last."""
    found: dict[str | None, Counter[str]] = {}
    for group, rating in rated:
        found.setdefault(group, Counter())[rating] += 1
    return tuple(
        RatingCount(group, *(found[group][colour] for colour in ("red", "amber", "green", "unrated")))
        for group in sorted(found, key=lambda each: (each is None, each or ""))
    )
