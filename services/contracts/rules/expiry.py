"""An expiry: the contracts of one commissioner that were over by a day, each ended on its own last day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.life import CompletionReason, TerminationReason, expire
from services.contracts.rules.state import State
from services.contracts.rules.step import Move, Step


@dataclass(frozen=True, slots=True)
class Expiry:
    """What ended. `more`: as many ended as one call ends, and others may be left."""

    id: UUID
    as_at: date
    expired: tuple[UUID, ...]
    terminated: tuple[UUID, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A contract that was over: as it was, as it is now, and the step that its history keeps."""

    before: Contract
    after: Contract
    step: Step


def ended_by(contracts: Iterable[Contract], as_at: date) -> tuple[Ended, ...]:
    """Those of these contracts that were over by a day: by notice terminated, by term expired."""
    found = []
    for before in contracts:
        after = expire(before, as_at)
        if after.state is State.TERMINATED:
            step = Step(Move.TERMINATION, after.ended_on, TerminationReason.NOTICE.value)
        elif after.state is State.EXPIRED:
            step = Step(Move.COMPLETION, after.ended_on, CompletionReason.TERM_ENDED.value)
        else:
            continue
        if after is not before:
            found.append(Ended(before, after, step))
    return tuple(found)
