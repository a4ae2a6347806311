"""What risks and issues look like on the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.rules.risk import Risk, RiskAction, RiskKind, RiskMove, RiskRating, RiskState
from shared.web.fields import Body, Code, Day, Out, Paragraph, Title

Scale = Annotated[int, Field(strict=True, ge=1, le=5)]


class RiskActionIn(Body):
    """What is done to bring the rating down, by which post and when."""

    action: Title = Field(examples=["Agree the information-sharing protocol"])
    post: Title = Field(examples=["Programme manager"])
    due_on: Day | None = None
    done_on: Day | None = None


class RiskIn(Body):
    """A risk or issue. Leave a rating out where none is known: it then counts as unknown, and not as low."""

    partnership_id: UUID
    kind: RiskKind = Field(examples=["risk"])
    reference: Code = Field(examples=["R-07"])
    title: Title = Field(examples=["Partners cannot share records in time"])
    board_id: UUID = Field(description="On whose register it stands.")
    owner_post: Title = Field(examples=["Senior responsible officer"])
    raised_on: Day = Field(examples=["2014-06-18"])
    current_likelihood: Scale | None = None
    current_impact: Scale | None = None
    target_likelihood: Scale | None = None
    target_impact: Scale | None = None
    actions: list[RiskActionIn] = Field(default_factory=list, max_length=50)
    route: list[UUID] = Field(
        default_factory=list,
        max_length=10,
        description="The boards to which it is taken, the first at first.",
    )

    def to_risk(self, risk_id: UUID, owner: UUID) -> Risk:
        values = {
            name: getattr(self, name) for name in RiskIn.model_fields if name not in {"actions", "route"}
        }
        return Risk(
            id=risk_id,
            owner_organisation_id=owner,
            actions=tuple(RiskAction(**each.model_dump()) for each in self.actions),
            route=tuple(self.route),
            **values,
        )


class RiskRatingIn(Body):
    """The rating from a day on, whole: what is left out is unknown from then. `actions` replaces the list."""

    on: Day = Field(examples=["2014-09-30"])
    reason: Paragraph = Field(examples=["The protocol is signed."])
    current_likelihood: Scale | None = None
    current_impact: Scale | None = None
    target_likelihood: Scale | None = None
    target_impact: Scale | None = None
    actions: list[RiskActionIn] = Field(default_factory=list, max_length=50)

    def to_rating(self) -> RiskRating:
        values = {name: getattr(self, name) for name in RiskRatingIn.model_fields if name != "actions"}
        return RiskRating(actions=tuple(RiskAction(**each.model_dump()) for each in self.actions), **values)


class RiskStepIn(Body):
    """When, and why."""

    on: Day = Field(examples=["2014-10-31"])
    reason: Paragraph = Field(examples=["The programme board cannot release the money."])


class RiskActionOut(Out):
    """An action against a risk."""

    action: str
    post: str
    due_on: Day | None
    done_on: Day | None


class RiskStepOut(Out):
    """Something that happened to a risk; `score` where it was rated, `board_id` where it was escalated."""

    what: RiskMove
    on: Day
    reason: str
    score: int | None
    board_id: UUID | None


class RiskOut(Out):
    """A risk or issue. Scores are likelihood times impact, 1 to 25; null where no rating is known."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    kind: RiskKind
    reference: str
    title: str
    board_id: UUID
    owner_post: str
    raised_on: Day
    current_likelihood: int | None
    current_impact: int | None
    target_likelihood: int | None
    target_impact: int | None
    actions: list[RiskActionOut]
    route: list[UUID]
    escalated_to: UUID | None
    steps: list[RiskStepOut]
    state: RiskState
    closed_on: Day | None
    current_score: int | None
    target_score: int | None
    above_target: bool | None
    stands_with_board_id: UUID
    overdue_actions: int
    version: int


class RisksOut(Out):
    """A page of risks."""

    items: list[RiskOut]
    next: str | None
