"""A step in a contract's life as its history keeps it: which move, from what to what, from which day, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.state import BEFORE_AWARD, State
from services.contracts.rules.terms import Terms
from shared.errors import Kind, reason
from shared.money import Money

NOTHING_BEFORE = reason(
    "state_before_unknown",
    Kind.CONFLICT,
    "The register does not know in what state the contract was before this.",
)
DAY_TO_COME = reason(
    "move_day_to_come",
    Kind.INVALID,
    "That day is still to come. What has not happened yet is planned by a notice or a variation, and recorded from its"
    " day on.",
)


class Move(StrEnum):
    """What was done. `correction`: a change of state that a register said, without the facts of a move."""

    REGISTRATION = "registration"
    CORRECTION = "correction"
    PROCUREMENT = "procurement"
    STANDSTILL = "standstill"
    AWARD = "award"
    ACTIVATION = "activation"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    NOTICE = "notice"
    NOTICE_WITHDRAWAL = "notice_withdrawal"
    PART_TERMINATION = "part_termination"
    TERMINATION = "termination"
    COMPLETION = "completion"
    HOLD_OVER = "hold_over"
    ABANDONMENT = "abandonment"
    EXTENSION = "extension"
    VARIATION = "variation"
    NOVATION = "novation"
    STATUTORY_TRANSFER = "statutory_transfer"
    CONSOLIDATION = "consolidation"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Step:
    """A move and its facts. `on` is the day from which it holds, `reason` one of the reasons that the move knows."""

    move: Move
    on: date | None = None
    reason: str | None = None
    note: str | None = None
    value_before: Money | None = None
    value_after: Money | None = None


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step with who recorded it and when. `version` is the contract's after it; the first has no `from_state`."""

    contract_id: UUID
    version: int
    partnership_id: UUID | None
    owner_organisation_id: UUID
    move: Move
    from_state: State | None
    to_state: State
    on: date | None
    reason: str | None
    note: str | None
    value_before: Money | None
    value_after: Money | None
    terms_before: Terms | None
    terms_after: Terms | None
    organisation_id: UUID
    client_id: UUID
    person: str | None
    recorded_at: datetime


def require_come(day: date, today: date, pointer: str = "/on") -> None:
    """Refuse to record on an earlier day that something holds: a contract would have ended, and its budget be given
    back, while it still runs. A coming into force and an extension may be arranged ahead."""
    if day > today:
        raise DAY_TO_COME(pointer, today=today.isoformat())


def is_private(to: State) -> bool:
    """Whether commissioners alone know of a step: what comes before an award, and that there is none."""
    return to in {*BEFORE_AWARD, State.ABANDONED}


def state_before(history: Sequence[KeptStep], state: State) -> State:
    """From which state a suspension or notice was last made, so that its end leads back there.

    A suspension to which the withdrawal of a notice led back is the one before that notice.
    """
    made = {State.SUSPENDED: Move.SUSPENSION, State.NOTICE_GIVEN: Move.NOTICE}.get(state)
    for step in sorted(history, key=lambda each: each.version, reverse=True):
        if step.move is made and step.from_state is not None:
            return step.from_state
    raise NOTHING_BEFORE(state=state.value)


def rebuild(history: Sequence[KeptStep]) -> State | None:
    """The state to which a history leads, None where a step does not begin where the last one ended."""
    state: State | None = None
    for step in sorted(history, key=lambda each: each.version):
        if step.from_state is not state:
            return None
        state = step.to_state
    return state
