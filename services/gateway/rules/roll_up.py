"""Sums over several partnerships: the known part, whether it is the whole, and nothing counted twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID


class Known(Protocol):
    """A sum of one partnership: the known part (null: nothing), and whether that is the whole."""

    @property
    def known_pence(self) -> int | None: ...

    @property
    def complete(self) -> bool: ...

    @property
    def missing_contributors(self) -> tuple[UUID, ...]: ...


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A sum over partnerships, in pence. Null with `complete` true: there is nothing of the kind to add up."""

    known_pence: int | None
    complete: bool
    missing_contributors: tuple[UUID, ...]


def rolled_up(parts: Iterable[Known | None]) -> RolledUp:
    """The parts of all partnerships added up; one that is None is not known at all, and the sum not whole (S3-B02).

    Every line, entry, promise and contract stands in one partnership, so that none is in two parts.
    """
    told = list(parts)
    known = [each.known_pence for each in told if each is not None and each.known_pence is not None]
    missing = {one for each in told if each is not None for one in each.missing_contributors}
    return RolledUp(
        sum(known) if known else None,
        all(each is not None and each.complete for each in told),
        tuple(sorted(missing)),
    )


def less(budget: RolledUp, spent: RolledUp) -> int | None:
    """What is left of a budget. None unless the whole of both is known."""
    if not (budget.complete and spent.complete) or budget.known_pence is None or spent.known_pence is None:
        return None
    return budget.known_pence - spent.known_pence


Line = TypeVar("Line")


def counted_once(lines: Iterable[tuple[Hashable | None, Line]]) -> tuple[Sequence[Line], int]:
    """Lines by what makes them one, the first of each, and how many were left out.

    A provider that owes the same figure to two partnerships reports one thing, and is rated once. A line without a
    key is like no other.
    """
    found: dict[Hashable, Line] = {}
    single: list[Line] = []
    again = 0
    for key, line in lines:
        if key is None:
            single.append(line)
        elif key in found:
            again += 1
        else:
            found[key] = line
    return [*found.values(), *single], again
