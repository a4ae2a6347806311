"""Areas from place to system in one edition, and how boundary changes carry a figure from an old code to a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.errors import Kind, reason

MOST_AREAS = 2000

HIERARCHY_TAKEN = reason(
    "area_hierarchy_taken",
    Kind.CONFLICT,
    "Your organisation has this edition of the hierarchy on record in the partnership already.",
)
AREA_TWICE = reason(
    "area_twice", Kind.INVALID, "An area stands once in a hierarchy. Take one of the two out."
)
AREA_PARENT_UNKNOWN = reason(
    "area_parent_unknown",
    Kind.INVALID,
    "The area above this one is not in the hierarchy. Add it, or correct the code.",
)
AREA_LOOP = reason(
    "area_loop",
    Kind.INVALID,
    "Following the areas above this one leads back to it. Check which lies in which.",
)
CHANGE_NOWHERE = reason(
    "area_change_nowhere",
    Kind.INVALID,
    "A boundary change leads to an area of this hierarchy, from a code that is another.",
)
SHARE_UNFIT = reason(
    "area_share_unfit",
    Kind.INVALID,
    "A share is more than 0 and at most 100 per cent of the old area. Leave out an area to which nothing went.",
)
SPLIT_UNSHARED = reason(
    "area_split_unshared",
    Kind.INVALID,
    "Where one area became several, say what share of it went to each, in per cent that make 100. What became one area "
    "went there whole: leave its share out.",
)
AREA_UNKNOWN = reason("area_unknown", Kind.INVALID, "The hierarchy has no area of this code.")
HIERARCHY_UNKNOWN = reason(
    "area_hierarchy_unknown", Kind.INVALID, "There is no such area hierarchy, or it is not yours to see."
)


@dataclass(frozen=True, slots=True)
class Area:
    """An area and those that it lies in, which may be several (a council in a county and in an ICB)."""

    code: str
    name: str
    kind: str
    parent_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What became of an older code on a day: a new code, a merger (several lead to one), or a split by shares."""

    from_code: str
    to_code: str
    on: date
    share_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AreaHierarchy:
    """The areas of one edition. Lists leave `areas` and `changes` out."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    edition: str
    source: str
    areas: tuple[Area, ...]
    changes: tuple[AreaChange, ...] = ()
    recorded_at: datetime | None = None


def check_hierarchy(hierarchy: AreaHierarchy) -> AreaHierarchy:
    """Give the hierarchy back, or refuse areas twice, above nothing or in a circle, and changes that lead nowhere."""
    above: dict[str, tuple[str, ...]] = {}
    for index, area in enumerate(hierarchy.areas):
        if area.code in above:
            raise AREA_TWICE(f"/areas/{index}/code", area=area.code)
        above[area.code] = area.parent_codes
    for index, area in enumerate(hierarchy.areas):
        for at, parent in enumerate(area.parent_codes):
            if parent not in above:
                raise AREA_PARENT_UNKNOWN(f"/areas/{index}/parent_codes/{at}", area=parent)
    for index, area in enumerate(hierarchy.areas):
        if area.code in _over(above, area.parent_codes):
            raise AREA_LOOP(f"/areas/{index}/parent_codes", area=area.code)
    _check_changes(hierarchy.changes, above)
    return hierarchy


def _check_changes(changes: tuple[AreaChange, ...], known: dict[str, tuple[str, ...]]) -> None:
    for index, change in enumerate(changes):
        if change.to_code not in known or change.from_code == change.to_code:
            raise CHANGE_NOWHERE(f"/changes/{index}/to_code", area=change.to_code)
        parts = [each for each in changes if each.from_code == change.from_code]
        shares = [each.share_percent for each in parts]
        if change.share_percent is not None and not 0 < change.share_percent <= 100:
            raise SHARE_UNFIT(f"/changes/{index}/share_percent", area=change.from_code)
        if shares != [None] and (None in shares or sum(filter(None, shares)) != 100):
            raise SPLIT_UNSHARED(f"/changes/{index}/share_percent", area=change.from_code)


def _over(above: dict[str, tuple[str, ...]], start: Iterable[str]) -> set[str]:
    """Every area above, however far."""
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        code = ahead.pop()
        if code not in found:
            found.add(code)
            ahead += above.get(code, ())
    return found


def within(hierarchy: AreaHierarchy, code: str) -> dict[str, frozenset[str]]:
    """The area and all that lies in it, each with the areas over it that lie in it too. Refuses an unknown code."""
    above = {each.code: each.parent_codes for each in hierarchy.areas}
    if code not in above:
        raise AREA_UNKNOWN("?area_code", area=code)
    inside = {each for each in above if each == code or code in _over(above, above[each])}
    return {each: frozenset((_over(above, above[each]) & inside) - {code}) for each in inside}


def present(hierarchy: AreaHierarchy, code: str) -> tuple[tuple[str, Decimal], ...]:
    """The code, or what became of it, each with its share of the old area (1 where all of it went there).

    A figure of an area that has been renamed or merged counts for the area of today, so that the series goes on.
    """
    known = {each.code for each in hierarchy.areas}
    if code in known:
        return ((code, Decimal(1)),)
    found = [each for each in hierarchy.changes if each.from_code == code]
    shares = ((each.to_code, each.share_percent) for each in found)
    return tuple((code, Decimal(1) if share is None else share / 100) for code, share in shares if share != 0)
