"""A dispute on an agreement or a journal: raised, taken through stages with a clock, resolved. It stops nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.journal import Journal
from shared.errors import Kind, reason
from shared.money import NOT_STATED, Money, summed

STAGE_BACKWARDS = reason(
    "dispute_stage_backwards",
    Kind.CONFLICT,
    "A dispute moves on to a later stage, and not out of its end.",
)
CLOCK_BACKWARDS = reason(
    "dispute_clock_backwards",
    Kind.INVALID,
    "A stage begins on or after the day on which the one before began, and is due on or after its own first day.",
)
DISPUTE_DAY_TO_COME = reason(
    "dispute_day_to_come", Kind.INVALID, "Record what happened in a dispute once the day has come."
)
RESOLVED_ALREADY = reason(
    "dispute_resolved_already",
    Kind.CONFLICT,
    "This dispute is resolved. Raise another if it has come up again.",
)
DISPUTE_OF_ANOTHER = reason(
    "dispute_of_another",
    Kind.CONFLICT,
    "Only the organisation that raised the dispute accepts its outcome or withdraws it.",
)
DISPUTED_TOO_MUCH = reason(
    "dispute_more_than_posted",
    Kind.INVALID,
    "What is disputed is more than nil and at most what the journal moved.",
)
NOT_SHARED = reason(
    "dispute_not_shared",
    Kind.CONFLICT,
    "Only pooled money is disputed here. Aligned and shadow money stands in its owner's books alone.",
)


class DisputeSubject(StrEnum):
    AGREEMENT = "agreement"
    JOURNAL = "journal"


class DisputeStage(StrEnum):
    RAISED = "raised"
    NEGOTIATION = "negotiation"
    ESCALATION = "escalation"
    MEDIATION = "mediation"
    DETERMINATION = "determination"
    RESOLVED = "resolved"


STAGES = tuple(DisputeStage)


class DisputeOutcome(StrEnum):
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is disputed and where that stands. `undisputed` is the part of a journal that nobody questions.

    `due_on` is the day by which the present stage should have ended.
    """

    id: UUID
    subject: DisputeSubject
    subject_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    matter: str
    raised_on: date
    disputed: Money
    undisputed: Money
    stage: DisputeStage
    stage_began_on: date
    due_on: date
    outcome: DisputeOutcome | None = None
    resolution: str | None = None
    version: int = 1


def raise_dispute(dispute: Dispute, journal: Journal | None, today: date) -> Dispute:
    """A new dispute. On a journal, what is not disputed stays as it was posted and proceeds."""
    if dispute.raised_on > today:
        raise DISPUTE_DAY_TO_COME("/raised_on", today=today)
    if dispute.due_on < dispute.raised_on:
        raise CLOCK_BACKWARDS("/due_on", began_on=dispute.raised_on)
    disputed = dispute.disputed.amount_pence
    if disputed is not None and disputed <= 0:
        raise DISPUTED_TOO_MUCH("/disputed")
    if journal is None:
        return dispute
    if journal.arrangement != "pooled":
        raise NOT_SHARED()
    moved = sum(each.amount_pence for each in journal.entries if each.amount_pence > 0)
    if disputed is None:
        return replace(dispute, undisputed=NOT_STATED)
    if disputed > moved:
        raise DISPUTED_TOO_MUCH("/disputed", moved_pence=moved)
    return replace(dispute, undisputed=summed(moved - disputed))


def move_on(dispute: Dispute, stage: DisputeStage, began_on: date, due_on: date, today: date) -> Dispute:
    """The dispute in a later stage, with the clock of that stage."""
    if dispute.stage is DisputeStage.RESOLVED:
        raise RESOLVED_ALREADY()
    if stage is DisputeStage.RESOLVED or STAGES.index(stage) <= STAGES.index(dispute.stage):
        raise STAGE_BACKWARDS("/stage", stage=dispute.stage)
    _check_day(dispute, began_on, "/began_on", today)
    if due_on < began_on:
        raise CLOCK_BACKWARDS("/due_on", began_on=began_on)
    return replace(dispute, stage=stage, stage_began_on=began_on, due_on=due_on, version=dispute.version + 1)


def resolve(
    dispute: Dispute, outcome: DisputeOutcome, resolved_on: date, resolution: str, today: date
) -> Dispute:
    """The dispute, over. Its journal stays as it is; what has to change is posted as every correction is."""
    if dispute.stage is DisputeStage.RESOLVED:
        raise RESOLVED_ALREADY()
    _check_day(dispute, resolved_on, "/resolved_on", today)
    return replace(
        dispute,
        stage=DisputeStage.RESOLVED,
        stage_began_on=resolved_on,
        due_on=resolved_on,
        outcome=outcome,
        resolution=resolution,
        version=dispute.version + 1,
    )


def require_raiser(dispute: Dispute, organisations: Iterable[UUID]) -> None:
    if dispute.owner_organisation_id not in set(organisations):
        raise DISPUTE_OF_ANOTHER()


def _check_day(dispute: Dispute, day: date, pointer: str, today: date) -> None:
    if day > today:
        raise DISPUTE_DAY_TO_COME(pointer, today=today)
    if day < dispute.stage_began_on:
        raise CLOCK_BACKWARDS(pointer, began_on=dispute.stage_began_on)
