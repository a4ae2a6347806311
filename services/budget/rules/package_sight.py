"""What partners of a pool see of another commissioner's package of care: its money on the line, and not whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from services.budget.rules.commitment import Commitment, Level, Move

OF_ANOTHER = "A package of care that another organisation commissions"


def doubtful(rows: Iterable[Commitment], organisations: Sequence[UUID]) -> list[UUID]:
    """Packages that another organisation set money aside for: perhaps in the place of one of the reader's own."""
    return [
        each.id
        for each in rows
        if each.level is Level.PACKAGE and each.made_by_organisation_id not in organisations
    ]


def without_person(commitment: Commitment) -> Commitment:
    """The commitment with its sums. A placement is its own commissioner's, and a few words can tell who it is."""
    return replace(commitment, placement_id=None, description=OF_ANOTHER)


def without_words(moves: Iterable[Move]) -> list[Move]:
    """Its history without the reasons, which are about the person too."""
    return [replace(each, reason=None) for each in moves]
