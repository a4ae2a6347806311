"""The figures of a group of lines, promises and receipts, added up so that what is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement
from shared.money import Money, Total, total


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group. `variance_pence` is adjusted budget less actual, None unless both are whole.

    A total whose `known_pence` is None with `complete` true has nothing in it: no such line, no such promise.
    """

    budget_approved: Total
    budget_adjusted: Total
    actual: Total
    variance_pence: int | None
    contributions_due: Total
    contributions_received_pence: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """One line, one aligned total, one promise or one receipt, in the shape in which all are summed."""

    owner: UUID
    category: Category
    arrangement: Arrangement
    pool_id: UUID | None
    approved: tuple[Money, ...] = ()
    adjusted: tuple[Money, ...] = ()
    actual: tuple[Money, ...] = ()
    due: tuple[Money, ...] = ()
    received_pence: int | None = None


def figures(parts: Sequence[Part]) -> Figures:
    """Sum a group. Received money is what the ledger says; None when it says nothing at all."""
    adjusted = _sum((part.owner, part.adjusted) for part in parts)
    actual = _sum((part.owner, part.actual) for part in parts)
    variance = None
    if (
        adjusted.complete
        and actual.complete
        and adjusted.known_pence is not None
        and actual.known_pence is not None
    ):
        variance = adjusted.known_pence - actual.known_pence
    received = [part.received_pence for part in parts if part.received_pence is not None]
    return Figures(
        _sum((part.owner, part.approved) for part in parts),
        adjusted,
        actual,
        variance,
        _sum((part.owner, part.due) for part in parts),
        sum(received) if received else None,
    )


def _sum(amounts: Iterable[tuple[UUID, tuple[Money, ...]]]) -> Total:
    """A total over partners' amounts; over none at all it is empty, which is not the same as nil."""
    named = sorted(((str(owner), each) for owner, some in amounts for each in some), key=lambda pair: pair[0])
    return total(named) if named else Total(None, complete=True)
