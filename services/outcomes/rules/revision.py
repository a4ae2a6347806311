"""The history of a return: each revision as it was submitted, and every step that was taken with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.outcomes.rules.kpi_return import FieldReason, Return, ReturnState, ReturnValue
from services.outcomes.rules.submission import Warned


@dataclass(frozen=True, slots=True)
class ReturnMove:
    """One step: from which state to which, when, by whose client, and the reasons given."""

    from_state: ReturnState
    to_state: ReturnState
    moved_at: datetime
    organisation_id: UUID
    client_id: UUID
    reasons: tuple[FieldReason, ...] = ()
    warnings: tuple[Warned, ...] = ()
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision: its figures, what stood out and was explained, and its steps in order of time."""

    return_id: UUID
    revision: int
    values: dict[UUID, ReturnValue]
    warnings: tuple[Warned, ...]
    moves: tuple[ReturnMove, ...]


def steps(
    before: Return,
    path: tuple[ReturnState, ...],
    moved_at: datetime,
    organisation_id: UUID,
    client_id: UUID,
    *,
    reasons: tuple[FieldReason, ...] = (),
    warnings: tuple[Warned, ...] = (),
    reviewer: str | None = None,
) -> tuple[ReturnMove, ...]:
    """The steps of a path of states, each from where the one before it ended. What was said goes with the first.

    `reviewer` is who looked at the return, as the lead names them; each step of the path names them.
    """
    froms = (before.state, *path[:-1])
    moves = [
        ReturnMove(start, end, moved_at, organisation_id, client_id, reviewer=reviewer)
        for start, end in zip(froms, path, strict=True)
    ]
    return (replace(moves[0], reasons=reasons, warnings=warnings), *moves[1:])


def submission_steps(
    before: Return,
    after: Return,
    warnings: tuple[Warned, ...],
    organisation_id: UUID,
    client_id: UUID,
) -> tuple[ReturnMove, ...]:
    """The steps of a submission: it is submitted, and validated at once where nothing stood out."""
    path: tuple[ReturnState, ...] = (ReturnState.SUBMITTED,)
    if after.state is ReturnState.VALIDATED:
        path = (*path, ReturnState.VALIDATED)
    assert after.submitted_at is not None
    return steps(before, path, after.submitted_at, organisation_id, client_id, warnings=warnings)
