"""Milestones of agreements: plan, reach, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.plan_milestone import plan_milestone
from services.budget.actions.reach_milestone import reach_milestone
from services.budget.rules.integration_stage import IntegrationStage
from services.budget.rules.milestone import Milestone
from services.budget.store import milestones
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/milestones", tags=["agreements"])

When = Annotated[
    str,
    Field(max_length=10, description="A day, a month or a year, as exactly as the source has it."),
]


class AgreementMilestoneIn(Body):
    """What is planned, when, and where that is written. `stage` where a stage of integration begins with it."""

    partnership_id: UUID
    agreement_id: UUID
    name: Title = Field(examples=["Integrated commissioning function in place"])
    planned: When = Field(examples=["2015-03"])
    source: Title = Field(examples=["Business case of June 2014, milestones"])
    stage: IntegrationStage | None = Field(default=None, examples=["pooled_same_employers"])

    def to_milestone(self, milestone_id: UUID, owner: UUID) -> Milestone:
        return Milestone(
            id=milestone_id,
            agreement_id=self.agreement_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            name=self.name,
            planned=self.planned,
            source=self.source,
            stage=self.stage,
        )


class MilestoneReachedIn(Body):
    """When it was reached, and where that is written."""

    reached: When = Field(examples=["2015-04"])
    source: Title = Field(examples=["Partnership paper of 2018"])


class AgreementMilestoneOut(Out):
    """A milestone: as planned, and as reached. `months_late` counts calendar months, where both are known to one."""

    id: UUID
    agreement_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    planned: str
    source: str
    stage: IntegrationStage | None
    reached: str | None
    reached_source: str | None
    months_late: int | None
    version: int


class AgreementMilestonesOut(Out):
    """A page of milestones."""

    items: list[AgreementMilestoneOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="planMilestone",
    status_code=201,
    response_model=AgreementMilestoneOut,
    responses=problems(409, 413, 415),
    summary="Plan a milestone of an agreement",
)
async def plan(
    id: UUID,  # noqa: A002 the name in the address
    body: AgreementMilestoneIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("planMilestone")],
) -> Response:
    """Keeps what your organisation planned, with the precision that the source has."""
    asked = body.to_milestone(id, door.caller.organisation_id)
    kept = await plan_milestone(door.db, door.caller, sent, asked, body.partnership_id)
    return answer(kept, f"/v1/milestones/{id}")


@router.post(
    "/{id}/reached",
    operation_id="reachMilestone",
    response_model=AgreementMilestoneOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record when a milestone was reached",
)
async def reach(
    id: UUID,  # noqa: A002 the name in the address
    body: MilestoneReachedIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("reachMilestone")],
) -> Response:
    """Once, by the organisation that planned it. What was planned stays beside it."""
    kept = await reach_milestone(door.db, door.caller, sent, id, expected, body.reached, body.source)
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getMilestone",
    response_model=AgreementMilestoneOut,
    responses=problems(404),
    summary="Read a milestone",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One milestone with its plan and when it was reached."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await milestones.get(tx, id))


@router.get(
    "",
    operation_id="listMilestones",
    response_model=AgreementMilestonesOut,
    responses=problems(),
    summary="List the milestones of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    agreement_id: Annotated[UUID | None, Query(description="Only those of this agreement.")] = None,
) -> Response:
    """By the time for which they were planned."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await milestones.page(tx, partnership_id, agreement_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.planned, each.id)))
