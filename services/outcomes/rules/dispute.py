"""A dispute about an accepted return: who objects to which figures, at which stage it is, until when, and how it ended.

What nobody disputes stands while the rest is talked about (NHS Standard Contract, General Condition 14: negotiation,
mediation, expert determination, each with its time).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.kpi_return import FieldReason, Return
from shared.errors import Kind, reason

DISPUTE_POINTLESS = reason(
    "return_dispute_without_points", Kind.INVALID, "Name at least one figure that is disputed, and why."
)
DISPUTE_POINT_NOWHERE = reason(
    "return_dispute_point_nowhere",
    Kind.INVALID,
    "A dispute is about figures of the accepted return. Point at one of them, such as /values/{id}.",
)
STAGE_BACKWARDS = reason(
    "return_dispute_stage_backwards",
    Kind.CONFLICT,
    "A dispute goes from negotiation to mediation to expert determination, and is resolved at any of them.",
)
STAGE_DAY_PASSED = reason(
    "return_dispute_day_passed",
    Kind.INVALID,
    "The last day of a stage lies on or after the day on which it begins.",
)
DISPUTE_RESOLVED = reason(
    "return_dispute_resolved_already",
    Kind.CONFLICT,
    "This dispute is resolved. A new objection is a new dispute.",
)
NOT_IN_DISPUTE = reason(
    "return_dispute_not_yours",
    Kind.FORBIDDEN,
    "The lead commissioner moves a dispute and resolves it; who raised it may withdraw it.",
)
DISPUTE_OPEN = reason(
    "return_in_dispute", Kind.CONFLICT, "Figures of this return are in dispute. Resolve the dispute first."
)


class DisputeStage(StrEnum):
    """How far a dispute has gone."""

    NEGOTIATION = "negotiation"
    MEDIATION = "mediation"
    EXPERT_DETERMINATION = "expert_determination"


class DisputeOutcome(StrEnum):
    """How a dispute ended. An upheld one is followed by a reopening of the return."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_ORDER = tuple(DisputeStage)


@dataclass(frozen=True, slots=True)
class DisputeStep:
    """A stage that a dispute entered: by whom, when, and its last day."""

    stage: DisputeStage
    until: date
    note: str | None
    entered_at: datetime
    organisation_id: UUID
    client_id: UUID


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute about one accepted revision. `undisputed_indicator_ids` are the figures that stand meanwhile."""

    id: UUID
    return_id: UUID
    revision: int
    partnership_id: UUID
    raised_by_organisation_id: UUID
    points: tuple[FieldReason, ...]
    disputed_indicator_ids: tuple[UUID, ...]
    undisputed_indicator_ids: tuple[UUID, ...]
    stage: DisputeStage
    stage_until: date
    steps: tuple[DisputeStep, ...]
    outcome: DisputeOutcome | None
    resolution: str | None
    raised_at: datetime
    resolved_at: datetime | None
    version: int
    updated_at: datetime | None = None


def disputed(found: Return, points: tuple[FieldReason, ...]) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """The figures that the points dispute, and those that nobody does."""
    if not points:
        raise DISPUTE_POINTLESS("/points")
    values = {str(each): each for each in found.values or {}}
    hit: set[UUID] = set()
    for index, each in enumerate(points):
        parts = each.pointer.split("/")
        if parts[:2] != ["", "values"] or not 3 <= len(parts) <= 4 or parts[2] not in values:
            raise DISPUTE_POINT_NOWHERE(f"/points/{index}/pointer")
        hit.add(values[parts[2]])
    return tuple(sorted(hit)), tuple(sorted(set(values.values()) - hit))


def check_until(until: date, today: date) -> None:
    """Refuse a clock that has run out before it starts."""
    if until < today:
        raise STAGE_DAY_PASSED("/until", today=today)


def enter(found: Dispute, stage: DisputeStage, step: DisputeStep) -> Dispute:
    """The dispute at a later stage, or at the same with a new last day."""
    _check_open(found)
    if _ORDER.index(stage) < _ORDER.index(found.stage):
        raise STAGE_BACKWARDS(stage=found.stage.value, asked=stage.value)
    return replace(
        found, stage=stage, stage_until=step.until, steps=(*found.steps, step), version=found.version + 1
    )


def settle(found: Dispute, outcome: DisputeOutcome, note: str, at: datetime) -> Dispute:
    """The dispute resolved, with how it ended."""
    _check_open(found)
    return replace(found, outcome=outcome, resolution=note, resolved_at=at, version=found.version + 1)


def check_mover(
    found: Dispute, lead: UUID, organisations: Collection[UUID], outcome: DisputeOutcome | None
) -> None:
    """The lead moves and resolves; withdrawing is for who raised it."""
    mover = found.raised_by_organisation_id if outcome is DisputeOutcome.WITHDRAWN else lead
    if mover not in organisations:
        raise NOT_IN_DISPUTE()


def _check_open(found: Dispute) -> None:
    if found.outcome is not None:
        raise DISPUTE_RESOLVED(outcome=found.outcome.value)
