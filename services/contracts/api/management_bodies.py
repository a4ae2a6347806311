"""What is sent about an act of contract management, and how such acts are answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.contracts.rules.management_action import (
    ManagementAction,
    ManagementKind,
    ManagementOutcome,
    ManagementState,
    PlanStep,
)
from shared.web.fields import Body, Day, Measure, Out, Paragraph, Title


class PlanStepIn(Body):
    """A step of a remedial action plan."""

    words: Paragraph = Field(examples=["Recruit two district nurses"])
    due_on: Day = Field(examples=["2014-09-30"])


class ManagementActionIn(Body):
    """A notice, plan, withholding or concern on a contract that your organisation leads."""

    contract_id: UUID
    provider_organisation_id: UUID
    kind: ManagementKind = Field(examples=["query_notice"])
    subject: Title = Field(examples=["Waiting times for podiatry"])
    reason: Paragraph = Field(examples=["Three months below the target"])
    served_on: Day = Field(examples=["2014-07-01"])
    respond_by: Day | None = Field(default=None, examples=["2014-07-15"])
    follows_id: UUID | None = Field(default=None, description="The query notice or plan that led to this.")
    evidence_id: UUID | None = Field(default=None, description="The outcomes' trigger that this rests on.")
    withheld_percent: Measure | None = Field(default=None, description="Of what is due, for a withholding.")
    steps: list[PlanStepIn] = Field(default=[], max_length=100)
    safeguarding: bool = False
    shared: bool = Field(default=True, description="False keeps a quality concern from the provider.")

    def to_draft(self, action_id: UUID, owner: UUID) -> ManagementAction:
        return ManagementAction(
            id=action_id,
            contract_id=self.contract_id,
            owner_organisation_id=owner,
            provider_organisation_id=self.provider_organisation_id,
            kind=self.kind,
            subject=self.subject,
            reason=self.reason,
            served_on=self.served_on,
            respond_by=self.respond_by,
            follows_id=self.follows_id,
            evidence_id=self.evidence_id,
            withheld_percent=self.withheld_percent,
            steps=tuple(PlanStep(each.words, each.due_on) for each in self.steps),
            safeguarding=self.safeguarding,
            shared=self.shared,
        )


class ManagementAnswerIn(Body):
    """What the provider answered."""

    on: Day = Field(examples=["2014-07-14"])
    words: Paragraph = Field(examples=["Two posts are vacant"])


class PlanStepDoneIn(Body):
    """A step is done."""

    on: Day = Field(examples=["2014-09-28"])


class ManagementClosureIn(Body):
    """It is over."""

    on: Day = Field(examples=["2014-10-01"])
    outcome: ManagementOutcome = Field(examples=["achieved"])


class PlanStepOut(Out):
    """A step of a remedial action plan."""

    words: str = Field(examples=["Recruit two district nurses"])
    due_on: Day
    done_on: Day | None


class ManagementActionOut(Out):
    """An act of contract management."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    kind: ManagementKind
    subject: str = Field(examples=["Waiting times for podiatry"])
    reason: str = Field(examples=["Three months below the target"])
    served_on: Day
    follows_id: UUID | None
    evidence_id: UUID | None
    respond_by: Day | None
    withheld_percent: str | None
    steps: list[PlanStepOut]
    safeguarding: bool
    shared: bool
    state: ManagementState
    answered_on: Day | None
    answer: str | None
    closed_on: Day | None
    outcome: ManagementOutcome | None
    version: int
    recorded_at: datetime
    changed_at: datetime


class ManagementActionsOut(Out):
    """A page of acts of contract management."""

    items: list[ManagementActionOut]
    next: str | None
