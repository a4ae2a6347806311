"""An evaluation of outcomes, quality and cost effectiveness together, frozen as submitted and signed off by a board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.indicator import Axis
from services.outcomes.rules.scorecard import RatingCounts, Scorecard, SummaryLine, counted, in_short
from services.outcomes.rules.scorecard_line import ScorecardLine
from shared.errors import Kind, reason

EVALUATION_DECIDED = reason(
    "evaluation_decided",
    Kind.CONFLICT,
    "The board has decided on this evaluation. Submit another for what has changed since.",
)
EVALUATION_NOT_BODY = reason(
    "evaluation_not_body",
    Kind.FORBIDDEN,
    "Only the body that oversees the evaluation signs it off or refers it back.",
)
EVALUATION_FRAMEWORK = reason(
    "evaluation_framework_unknown", Kind.INVALID, "This framework is not on record in the partnership."
)
EVALUATION_FUTURE = reason(
    "evaluation_future", Kind.INVALID, "An evaluation looks back: give a day that has passed, or today."
)
DECISION_MISSING = reason(
    "evaluation_decision_missing", Kind.INVALID, "The body signs the evaluation off or refers it back."
)
DECIDED_FUTURE = reason(
    "evaluation_decided_in_future", Kind.INVALID, "The board cannot have decided on a day that has not come."
)
REVIEWED = (Axis.OUTCOME, Axis.QUALITY, Axis.COST_EFFECTIVENESS)


class EvaluationState(StrEnum):
    """How far an evaluation is."""

    SUBMITTED = "submitted"
    SIGNED_OFF = "signed_off"
    REFERRED_BACK = "referred_back"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation as at a day, of what was on record when it was submitted, and what the board decided on it."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    as_at: date
    framework_id: UUID | None
    contract_id: UUID | None
    conclusion: str
    body_organisation_id: UUID
    body_name: str
    state: EvaluationState = EvaluationState.SUBMITTED
    decided_on: date | None = None
    minute: str | None = None
    decided_by_organisation_id: UUID | None = None
    decided_by_client_id: UUID | None = None
    version: int = 1
    recorded_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewAxis:
    """One of the three axes: its lines in short and how they are rated."""

    axis: Axis
    ratings: RatingCounts
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Outcomes, quality and cost effectiveness on one page. `missing_axes` have no line at all."""

    evaluation: Evaluation
    axes: tuple[ReviewAxis, ...]
    missing_axes: tuple[Axis, ...]
    complete: bool
    missing_contributors: tuple[UUID, ...]


def check_evaluation(evaluation: Evaluation, frameworks: Iterable[UUID], today: date) -> Evaluation:
    """Give the evaluation back, or refuse one of a day to come or of an unknown framework."""
    if evaluation.as_at > today:
        raise EVALUATION_FUTURE("/as_at")
    if evaluation.framework_id is not None and evaluation.framework_id not in set(frameworks):
        raise EVALUATION_FRAMEWORK("/framework_id")
    return evaluation


def decide(
    found: Evaluation,
    decided: tuple[EvaluationState, date, str],
    by: tuple[UUID, UUID],
    organisations: Iterable[UUID],
    today: date,
) -> Evaluation:
    """The evaluation as the board decided on a day, with the minute. `by` are the organisation and its client."""
    state, day, minute = decided
    if state is EvaluationState.SUBMITTED:
        raise DECISION_MISSING("/state")
    if found.body_organisation_id not in set(organisations):
        raise EVALUATION_NOT_BODY()
    if found.state is not EvaluationState.SUBMITTED:
        raise EVALUATION_DECIDED(state=found.state.value)
    if day > today:
        raise DECIDED_FUTURE("/decided_on")
    return replace(
        found,
        state=state,
        decided_on=day,
        minute=minute,
        decided_by_organisation_id=by[0],
        decided_by_client_id=by[1],
        version=found.version + 1,
    )


def review(evaluation: Evaluation, card: Scorecard) -> Review:
    """The scorecard of the evaluation, read along its three axes."""
    axes = tuple(_axis(each, card.lines) for each in REVIEWED)
    return Review(
        evaluation=evaluation,
        axes=axes,
        missing_axes=tuple(each.axis for each in axes if not each.lines),
        complete=card.complete,
        missing_contributors=card.missing_contributors,
    )


def _axis(axis: Axis, lines: Iterable[ScorecardLine]) -> ReviewAxis:
    here = tuple(each for each in lines if each.axis is axis)
    return ReviewAxis(axis, counted(here), tuple(in_short(each) for each in here))
