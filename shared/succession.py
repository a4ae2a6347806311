"""A succession of organisations as the directory has it: who takes whose place, and what a service says of its part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SuccessionMove:
    """One predecessor's place to one successor. `share` is the part of all that can only be divided."""

    predecessor_id: UUID
    successor_id: UUID
    share: Decimal


@dataclass(frozen=True, slots=True)
class Succession:
    """Who takes whose place, from which day, and by what."""

    id: UUID
    effective_on: date
    instrument: str
    moves: tuple[SuccessionMove, ...]

    @property
    def predecessors(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(each.predecessor_id for each in self.moves))

    @property
    def successors(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(each.successor_id for each in self.moves))

    @property
    def divided(self) -> frozenset[UUID]:
        """Predecessors with more than one successor: which of them stands in the predecessor's place is not said."""
        times = Counter(each.predecessor_id for each in self.moves)
        return frozenset(body for body, successors in times.items() if successors > 1)

    @property
    def into(self) -> dict[UUID, UUID]:
        """The one successor of every predecessor that is not divided."""
        return {
            each.predecessor_id: each.successor_id
            for each in self.moves
            if each.predecessor_id not in self.divided
        }

    @property
    def heir(self) -> UUID:
        """In whose name it is recorded: who has the largest share, the first of equal ones."""
        return max(self.moves, key=lambda each: each.share).successor_id


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should look at after the succession, and why."""

    thing: str
    thing_id: UUID
    detail: str


@dataclass(frozen=True, slots=True)
class SuccessionReport:
    """What a succession did in a service. Of a preview `succession_id` is None, and the rest is the same."""

    succession_id: UUID | None
    counts: Mapping[str, int]
    remarks: tuple[Remark, ...]
