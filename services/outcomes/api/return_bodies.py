"""Bodies of returns: what a return, its moves and its revisions look like."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.outcomes.api.figure_fields import Label, PeriodOut, Pointer, ReturnValueOut, YearOut
from services.outcomes.rules.kpi_return import FieldReason, ReturnState
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Day, Out, Paragraph

_REVIEWER = "Who looked at it. By default whom the client says that it acts for."


class FieldReasonIn(Body):
    """Why a field goes back: a JSON pointer into the return, and words for the provider."""

    pointer: Pointer = Field(examples=[f"/values/{INDICATOR}/value"])
    reason: Paragraph = Field(examples=["This counts one ward twice. Please check against the ward list."])


class ReasonsIn(Body):
    """Why the return goes back, for at least one field."""

    model_config = example(
        reasons=[
            {
                "pointer": f"/values/{INDICATOR}/value",
                "reason": "This counts one ward twice. Please check against the ward list.",
            }
        ]
    )

    reasons: list[FieldReasonIn] = Field(max_length=200)
    reviewer: Label | None = Field(default=None, description=_REVIEWER)

    def to_reasons(self) -> tuple[FieldReason, ...]:
        return tuple(FieldReason(each.pointer, each.reason) for each in self.reasons)


class AcceptanceIn(Body):
    """Acceptance. Figures that stood out and were explained are accepted only expressly."""

    model_config = example(explanations_accepted=True)

    explanations_accepted: bool = False
    reviewer: Label | None = Field(default=None, description=_REVIEWER)


class FieldReasonOut(Out):
    """Why a field was sent back."""

    pointer: str = Field(examples=[f"/values/{INDICATOR}/value"])
    reason: str = Field(examples=["This counts one ward twice."])


class ReturnOut(Out):
    """A return for one period. `revision` counts what was submitted; `accepted_revision` is the one that holds."""

    id: UUID
    obligation_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    associate_organisation_ids: list[UUID]
    period: PeriodOut
    financial_year: YearOut
    first_day: Day
    last_day: Day
    due_on: Day
    state: ReturnState
    revision: int
    accepted_revision: int | None
    submitted_at: datetime | None
    days_late: int | None
    explained: bool
    version: int
    reasons: list[FieldReasonOut]
    values: dict[str, ReturnValueOut] | None = Field(description="By indicator id. Null in lists.")
    updated_at: datetime


class ReturnsOut(Out):
    """A page of returns, without their figures."""

    items: list[ReturnOut]
    next: str | None


class WarnedOut(Out):
    """A figure that stood out, and the provider's explanation."""

    pointer: str = Field(examples=[f"/values/{INDICATOR}/value"])
    code: str = Field(examples=["return_value_far_from_previous"])
    detail: str = Field(examples=["The value is far from the last accepted one."])
    explanation: str = Field(examples=["Two wards closed in May."])


class ReturnMoveOut(Out):
    """One step in the life of a return."""

    from_state: ReturnState
    to_state: ReturnState
    moved_at: datetime
    organisation_id: UUID
    client_id: UUID
    reasons: list[FieldReasonOut]
    warnings: list[WarnedOut]
    reviewer: str | None = Field(examples=["Quality and monitoring team"])


_ONE_VALUE = {
    INDICATOR: {
        "value": "13.1",
        "status": "actual",
        "numerator": "131",
        "denominator": "1000",
        "explanation": "Fewer beds",
    }
}


class RevisionOut(Out):
    """A revision as it was submitted, with its steps."""

    return_id: UUID
    revision: int
    values: dict[str, ReturnValueOut] = Field(examples=[_ONE_VALUE])
    warnings: list[WarnedOut]
    moves: list[ReturnMoveOut]


class RevisionsOut(Out):
    """The history of a return, from its first revision on."""

    items: list[RevisionOut]
    next: str | None
