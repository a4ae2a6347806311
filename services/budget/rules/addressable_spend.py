"""Spend that a programme can influence: figures that say for which scope they were counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Kind, reason
from shared.money import Money, Total, total

SCOPES_MIXED = reason(
    "addressable_spend_scopes_mixed",
    Kind.INVALID,
    "Figures that were counted for different scopes do not add up. Add up one scope at a time.",
)


@dataclass(frozen=True, slots=True)
class ScopedSpend:
    """An amount, whose or for what it is, and the scope for which its source counted it."""

    scope: str
    name: str
    amount: Money


def add_up(parts: Sequence[ScopedSpend]) -> Total:
    """The total of one scope. The figures of 2014 in two documents are of different scopes (S2-B01)."""
    scopes = sorted({part.scope for part in parts})
    if len(scopes) > 1:
        raise SCOPES_MIXED(scopes=scopes)
    return total((part.name, part.amount) for part in parts)
