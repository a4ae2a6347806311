"""Scope assessments: whether a service belongs in the partners' common scope, by the three-plus-three criteria."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.assess_scope import assess_scope
from services.budget.api.agreement_bodies import Tag
from services.budget.rules.line_nature import DeliveryMode
from services.budget.rules.scope_assessment import Answers, ScopeAssessment, ScopeOutcome
from services.budget.store.assessments import scope_assessments
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Out, Paragraph, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/scope-assessments", tags=["scope assessments"])


class AnswersIn(Body):
    """The six criteria: the first three speak for common scope, the others against it."""

    outcomes_shared: bool = Field(description="Some or all service outcomes are shared.")
    needs_two_or_more: bool = Field(description="It requires input and decisions from two or more parties.")
    one_party_but_users_overlap: bool = Field(
        description="It requires one party's input only, but its users significantly overlap."
    )
    outcomes_aligned_not_dependent: bool = Field(
        description="Its outcomes are aligned but not dependent on others."
    )
    operates_independently: bool = Field(description="It operates effectively independently of others.")
    limited_overlap: bool = Field(description="There is limited overlap in service users.")


class ScopeAssessmentIn(Body):
    """A service, the answers to the six criteria, and why. Leave the outcome out where it follows from them."""

    partnership_id: UUID
    service: Title = Field(examples=["Looked after children placements"])
    delivery_mode: DeliveryMode | None = None
    line_id: UUID | None = None
    answers: AnswersIn
    outcome: ScopeOutcome | None = None
    reason: Paragraph = Field(examples=["Commissioned placements need decisions of both partners."])
    reason_code: Tag = Field(default="first_assessment", examples=["delegated_commissioning"])
    assessed_on: Day
    effective_from: Day
    agreed_by: Title | None = Field(default=None, examples=["HWB Integration Programme Board"])
    agreed_on: Day | None = None
    replaces_assessment_id: UUID | None = None


class AnswersOut(Out):
    """The answers to the six criteria."""

    outcomes_shared: bool
    needs_two_or_more: bool
    one_party_but_users_overlap: bool
    outcomes_aligned_not_dependent: bool
    operates_independently: bool
    limited_overlap: bool


class ScopeAssessmentOut(Out):
    """One edition of an assessment. Without `agreed_by` it is still subject to the board's agreement."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    service: str
    delivery_mode: DeliveryMode | None
    line_id: UUID | None
    answers: AnswersOut
    outcome: ScopeOutcome
    reason: str
    reason_code: str
    assessed_on: Day
    effective_from: Day
    agreed_by: str | None
    agreed_on: Day | None
    replaces_assessment_id: UUID | None
    edition: int
    version: int


class ScopeAssessmentsOut(Out):
    """A page of assessments, replaced ones too."""

    items: list[ScopeAssessmentOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="assessScope",
    status_code=201,
    response_model=ScopeAssessmentOut,
    responses=problems(409, 413, 415),
    summary="Assess whether a service is in common scope",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ScopeAssessmentIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("assessScope")],
) -> Response:
    """Keeps the answers with the outcome that follows. Where they disagree, the outcome is yours to say, with why."""
    values = {name: getattr(body, name) for name in ScopeAssessmentIn.model_fields if name != "answers"}
    answers = Answers(**body.answers.model_dump())
    asked = ScopeAssessment(
        id=id, owner_organisation_id=door.caller.organisation_id, answers=answers, **values
    )
    return answer(await assess_scope(door.db, door.caller, sent, asked), f"/v1/scope-assessments/{id}")


@router.get(
    "/{id}",
    operation_id="getScopeAssessment",
    response_model=ScopeAssessmentOut,
    responses=problems(404),
    summary="Read a scope assessment",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One edition of an assessment."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await scope_assessments.get(tx, id))


@router.get(
    "",
    operation_id="listScopeAssessments",
    response_model=ScopeAssessmentsOut,
    responses=problems(),
    summary="List the scope assessments of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The assessments by service, replaced ones too."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await scope_assessments.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.service, each.id)))
