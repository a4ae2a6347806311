"""The life of a placement: planned, active, reviewed, suspended, ended, and what each move asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.errors import Kind, reason

MOVE_NOT_OPEN = reason(
    "placement_move_not_open",
    Kind.CONFLICT,
    "The placement is not in a state from which it can do this; see what is open.",
)


class PlacementState(StrEnum):
    """Where a placement stands. `reviewed`: it runs, and was reviewed since it began."""

    PLANNED = "planned"
    ACTIVE = "active"
    REVIEWED = "reviewed"
    SUSPENDED = "suspended"
    ENDED = "ended"


_S = PlacementState
# A review follows a review; every other move leads to another state.
MOVES: dict[PlacementState, set[PlacementState]] = {
    _S.PLANNED: {_S.ACTIVE, _S.ENDED},
    _S.ACTIVE: {_S.REVIEWED, _S.SUSPENDED, _S.ENDED},
    _S.REVIEWED: {_S.REVIEWED, _S.SUSPENDED, _S.ENDED},
    _S.SUSPENDED: {_S.ACTIVE, _S.REVIEWED, _S.ENDED},
    _S.ENDED: set(),
}
IN_CARE = frozenset({_S.ACTIVE, _S.REVIEWED})


class PlacementMove(StrEnum):
    """What was done."""

    REGISTRATION = "registration"
    ACTIVATION = "activation"
    REVIEW = "review"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    END = "end"
    DISPOSAL = "disposal"


class ReviewOutcome(StrEnum):
    """What a review came to. No free text: a review's words are about a person, and stay in the case file."""

    CONTINUES = "continues"
    CHANGED = "changed"
    NEARER_HOME = "nearer_home"
    TO_END = "to_end"


class PlacementSuspensionReason(StrEnum):
    """Why a placement rests."""

    IN_HOSPITAL = "in_hospital"
    AWAY = "away"
    PROVIDER = "provider"
    OTHER = "other"


class PlacementEndReason(StrEnum):
    """Why a placement ended."""

    NOT_STARTED = "not_started"
    OUTCOMES_MET = "outcomes_met"
    MOVED = "moved"
    NEARER_HOME = "nearer_home"
    FUNDING_CHANGED = "funding_changed"
    PROVIDER_ENDED = "provider_ended"
    DIED = "died"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PlacementStep:
    """A move and its facts. `on` is the day from which it holds."""

    move: PlacementMove
    on: date | None = None
    reason: str | None = None
    next_review: date | None = None


@dataclass(frozen=True, slots=True)
class KeptPlacementStep:
    """A step with who recorded it and when. `version` is the placement's after it."""

    placement_id: UUID
    version: int
    owner_organisation_id: UUID
    move: PlacementMove
    from_state: PlacementState | None
    to_state: PlacementState
    on: date | None
    reason: str | None
    next_review: date | None
    client_id: UUID
    person: str | None
    recorded_at: datetime


def move_to(state: PlacementState, to: PlacementState) -> PlacementState:
    """The next state, or a refusal with those that are open."""
    if to not in MOVES[state]:
        raise MOVE_NOT_OPEN(
            state=state.value, asked=to.value, open=sorted(each.value for each in MOVES[state])
        )
    return to


def rebuild_placement(history: Sequence[KeptPlacementStep]) -> PlacementState | None:
    """The state to which a history leads, None where a step does not begin where the last one ended."""
    state: PlacementState | None = None
    for step in sorted(history, key=lambda each: each.version):
        if step.from_state is not state:
            return None
        state = step.to_state
    return state
