"""Early triggers: what a rule found in a series or a calendar, with its evidence, and how it is seen to.

Source: «Contract monitoring, KPIs quality monitoring and early triggers» (S5-C02). A trigger is raised by a rule and never
by hand; people acknowledge and resolve it. One for a return that is overdue is resolved by the return, when it comes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.spc_signal import Signal
from shared.errors import Kind, reason

TRIGGER_MOVE_NOT_POSSIBLE = reason(
    "trigger_move_not_possible",
    Kind.CONFLICT,
    "A trigger is acknowledged first and then resolved, each once. Look at its state.",
)
TRIGGER_NOT_LEAD = reason(
    "trigger_not_lead",
    Kind.FORBIDDEN,
    "Only the lead commissioner of the contract acknowledges and resolves its triggers.",
)


RETURN_CAME = "The return came."  # what an overdue trigger is resolved with, by itself


class TriggerRule(StrEnum):
    """Which rule found something."""

    WORSE_THAN_COMPARATOR = "worse_than_comparator"
    SPC_CONCERN = "spc_concern"
    TWO_REDS_RUNNING = "two_reds_running"
    RETURN_OVERDUE = "return_overdue"


class TriggerState(StrEnum):
    """How far a trigger has been seen to."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class TriggerOutcome(StrEnum):
    """What came of a trigger. What follows under the contract stands in its management actions."""

    RECOVERED = "recovered"
    EXPLAINED = "explained"
    ACTION_AGREED = "action_agreed"
    FIGURE_CORRECTED = "figure_corrected"
    RETURN_RECEIVED = "return_received"


@dataclass(frozen=True, slots=True)
class ComparatorEvidence:
    """A comparator's figure of the same period, than which the series stands worse."""

    comparator_id: UUID
    name: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class TriggerEvidence:
    """What the rule saw when it raised the trigger. What the rule does not look at is None.

    Of a figure: its value and the one before; of a chart: the signal and the limits; of ratings: reasons and what the
    targets came to; of a calendar: the due day and the days since.
    """

    value: Decimal | None = None
    previous_period: str | None = None
    previous_value: Decimal | None = None
    comparators: tuple[ComparatorEvidence, ...] = ()
    signal: Signal | None = None
    centre: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    rating: Colour | None = None
    rating_reason: RatingReason | None = None
    target_value: Decimal | None = None
    previous_rating_reason: RatingReason | None = None
    previous_target_value: Decimal | None = None
    due_on: date | None = None
    days_overdue: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found in a series: for which indicator, period and revision of its figure (0: none has come)."""

    rule: TriggerRule
    indicator_id: UUID | None
    period: str
    revision: int
    evidence: TriggerEvidence


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a contract. Of one rule and series one is open at a time.

    The owner is the lead commissioner. `indicator_id` is None where no return has come.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    obligation_id: UUID
    provider_organisation_id: UUID
    indicator_id: UUID | None
    rule: TriggerRule
    period: str
    financial_year: str
    revision: int
    evidence: TriggerEvidence
    state: TriggerState
    version: int
    raised_at: datetime
    acknowledged_at: datetime | None = None
    acknowledgement: str | None = None
    resolved_at: datetime | None = None
    outcome: TriggerOutcome | None = None
    resolution: str | None = None
    updated_at: datetime | None = None


def acknowledge(found: Trigger, note: str | None, at: datetime) -> Trigger:
    """The trigger with the lead's word that it was seen."""
    if found.state is not TriggerState.RAISED:
        raise TRIGGER_MOVE_NOT_POSSIBLE(state=found.state.value, asked=TriggerState.ACKNOWLEDGED.value)
    return replace(
        found,
        state=TriggerState.ACKNOWLEDGED,
        acknowledged_at=at,
        acknowledgement=note,
        version=found.version + 1,
    )


def resolve_trigger(found: Trigger, outcome: TriggerOutcome, note: str, at: datetime) -> Trigger:
    """The trigger closed, with what came of it. The same rule may find something again later."""
    if found.state is not TriggerState.ACKNOWLEDGED:
        raise TRIGGER_MOVE_NOT_POSSIBLE(state=found.state.value, asked=TriggerState.RESOLVED.value)
    return replace(
        found,
        state=TriggerState.RESOLVED,
        resolved_at=at,
        outcome=outcome,
        resolution=note,
        version=found.version + 1,
    )


def check_trigger_lead(found: Trigger, organisations: Collection[UUID]) -> None:
    """Refuse a caller who does not lead the contract."""
    if found.owner_organisation_id not in organisations:
        raise TRIGGER_NOT_LEAD()
