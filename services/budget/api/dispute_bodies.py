"""What disputes look like on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.rules.dispute import DisputeOutcome, DisputeStage, DisputeSubject
from services.budget.store.disputed_records import Asked
from shared.web.fields import Body, Day, MoneyIn, MoneyOut, Out, Paragraph


class DisputeIn(Body):
    """What is disputed, how much of it where that is known, and by when the first stage should have ended."""

    id: UUID
    matter: Paragraph = Field(examples=["The placements charged in May are not of this pool."])
    raised_on: Day = Field(examples=["2015-06-12"])
    disputed: MoneyIn
    due_on: Day = Field(examples=["2015-06-26"])

    def to_asked(self, subject: DisputeSubject, subject_id: UUID) -> Asked:
        disputed = self.disputed.to_money("/disputed")
        return Asked(self.id, subject, subject_id, self.matter, self.raised_on, disputed, self.due_on)


class DisputeStageIn(Body):
    """The stage that began, when, and by when it should have ended."""

    stage: DisputeStage = Field(examples=["escalation"])
    began_on: Day = Field(examples=["2015-06-29"])
    due_on: Day = Field(examples=["2015-07-13"])


class ResolutionIn(Body):
    """How a dispute ended."""

    outcome: DisputeOutcome = Field(examples=["settled"])
    resolved_on: Day = Field(examples=["2015-07-10"])
    resolution: Paragraph = Field(examples=["Half is moved to the council's own budget, by reversal."])


class DisputeOut(Out):
    """A dispute and where it stands. `undisputed` is the part of a journal that nobody questions."""

    id: UUID
    subject: DisputeSubject
    subject_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    matter: str
    raised_on: Day
    disputed: MoneyOut
    undisputed: MoneyOut
    stage: DisputeStage
    stage_began_on: Day
    due_on: Day
    outcome: DisputeOutcome | None
    resolution: str | None
    version: int


class DisputesOut(Out):
    """A page of disputes."""

    items: list[DisputeOut]
    next: str | None
