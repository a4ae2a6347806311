"""The life of a contract: its states and the moves between them."""

from __future__ import annotations

from enum import StrEnum

from shared.errors import Kind, reason

MOVE_NOT_OPEN = reason(
    "move_not_open",
    Kind.CONFLICT,
    "The contract is not in a state from which it can do this; see what is open.",
)


class State(StrEnum):
    """Where a contract stands. `recorded_as_active`: found running by an import, without its approvals."""

    PIPELINE = "pipeline"
    PROCUREMENT = "procurement"
    STANDSTILL = "standstill"
    AWARDED = "awarded"
    ACTIVE = "active"
    RECORDED_AS_ACTIVE = "recorded_as_active"
    SUSPENDED = "suspended"
    NOTICE_GIVEN = "notice_given"
    PART_TERMINATED = "part_terminated"
    HELD_OVER = "held_over"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    ABANDONED = "abandoned"
    NOVATED = "novated"
    CONSOLIDATED = "consolidated"


_S = State
_ENDS = {_S.EXPIRED, _S.HELD_OVER, _S.TERMINATED, _S.NOVATED, _S.CONSOLIDATED}

MOVES: dict[State, set[State]] = {
    _S.PIPELINE: {_S.PROCUREMENT, _S.AWARDED, _S.ABANDONED},
    _S.PROCUREMENT: {_S.STANDSTILL, _S.AWARDED, _S.ABANDONED},
    _S.STANDSTILL: {_S.AWARDED, _S.ABANDONED},
    _S.AWARDED: {_S.ACTIVE, _S.RECORDED_AS_ACTIVE, _S.EXPIRED, _S.ABANDONED},
    _S.ACTIVE: {_S.SUSPENDED, _S.NOTICE_GIVEN, _S.PART_TERMINATED, *_ENDS},
    _S.RECORDED_AS_ACTIVE: {_S.ACTIVE, _S.SUSPENDED, _S.NOTICE_GIVEN, _S.PART_TERMINATED, *_ENDS},
    _S.SUSPENDED: {_S.ACTIVE, _S.RECORDED_AS_ACTIVE, _S.PART_TERMINATED, _S.NOTICE_GIVEN, *_ENDS},
    _S.NOTICE_GIVEN: {_S.ACTIVE, _S.RECORDED_AS_ACTIVE, _S.SUSPENDED, _S.PART_TERMINATED, *_ENDS},
    _S.PART_TERMINATED: {_S.SUSPENDED, _S.NOTICE_GIVEN, *_ENDS},
    _S.HELD_OVER: {_S.NOTICE_GIVEN, _S.EXPIRED, _S.TERMINATED, _S.NOVATED, _S.CONSOLIDATED},
    _S.EXPIRED: {_S.HELD_OVER},
    _S.TERMINATED: set(),
    _S.ABANDONED: set(),
    _S.NOVATED: set(),
    _S.CONSOLIDATED: set(),
}

# A contract can be recorded first in any of these; what came before is then its description's business.
FIRST = (_S.PIPELINE, _S.PROCUREMENT, _S.STANDSTILL, _S.AWARDED, _S.RECORDED_AS_ACTIVE)
BEFORE_AWARD = frozenset({_S.PIPELINE, _S.PROCUREMENT, _S.STANDSTILL})
# The terms of a contract are still being put together; later a change of them is a variation.
TERMS_OPEN = frozenset({*BEFORE_AWARD, _S.AWARDED, _S.RECORDED_AS_ACTIVE})
RUNNING = frozenset(
    {
        _S.ACTIVE,
        _S.RECORDED_AS_ACTIVE,
        _S.SUSPENDED,
        _S.NOTICE_GIVEN,
        _S.PART_TERMINATED,
        _S.HELD_OVER,
    }
)

# What the public register says: a notice or a suspension is the parties' business until it takes effect.
PUBLISHED: dict[State, State] = {
    **{state: state for state in State},
    **dict.fromkeys(RUNNING, _S.ACTIVE),
}


def move(state: State, to: State) -> State:
    """The next state, or a refusal with the moves that are open."""
    if to not in MOVES[state]:
        raise MOVE_NOT_OPEN(
            state=state.value, asked=to.value, open=sorted(each.value for each in MOVES[state])
        )
    return to
