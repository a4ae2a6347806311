"""Decisions of cabinets, governing bodies and officers: record, say that a condition was met, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.meet_condition import meet_condition
from services.budget.actions.record_decision import record_decision
from services.budget.rules.decision import BodyType, Condition, Decision, Outcome, Part, Subject
from services.budget.rules.delegation import Authority, Delegation
from services.budget.rules.numeral import read_recommendation
from services.budget.store import decisions
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.fields import Body, Day, Line, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])


class ConditionIn(Body):
    """What an approval is subject to. Recommendations may be numbered `3` or `III`, as the report has them."""

    number: int = Field(ge=1, le=100)
    text: Paragraph = Field(examples=["The finance schedule is agreed by both bodies."])
    recommendations: list[Line] = Field(default_factory=list, max_length=50, examples=[["III", "IV"]])

    def to_condition(self, index: int) -> Condition:
        try:
            held_back = tuple(read_recommendation(each) for each in self.recommendations)
        except Refusal as refusal:
            raise refusal.reason(f"/conditions/{index}/recommendations", **refusal.facts) from None
        return Condition(self.number, self.text, held_back)


class DelegationBody(Body):
    """Power given to one officer, to be used after consulting the people named."""

    officer: Line = Field(examples=["Head of Legal, HR and Democratic Services"])
    purpose: Paragraph = Field(examples=["To finalise and sign the agreement"])
    after_consulting: list[Line] = Field(
        default_factory=list, max_length=20, examples=[["Portfolio holder for health"]]
    )

    def to_delegation(self) -> Delegation:
        return Delegation(self.officer, self.purpose, tuple(self.after_consulting))


class AuthorityBody(Body):
    """Under which decision an officer decided, and who was consulted."""

    decision_id: UUID
    consulted: list[Line] = Field(default_factory=list, max_length=20)

    def to_authority(self) -> Authority:
        return Authority(self.decision_id, tuple(self.consulted))


class DecisionIn(Body):
    """A decision of one of your organisation's bodies. For an agreement, say which edition was before it."""

    id: UUID
    partnership_id: UUID
    subject: Subject
    subject_id: UUID
    subject_title: Line = Field(examples=["Section 75 agreement"])
    edition: int | None = Field(default=None, ge=1, examples=[1])
    body: Line = Field(examples=["Cabinet"])
    body_type: BodyType
    decided_on: Day = Field(examples=["2014-07-15"])
    outcome: Outcome
    conditions: list[ConditionIn] = Field(default_factory=list, max_length=100)
    delegates: DelegationBody | None = None
    authority: AuthorityBody | None = None
    key_decision: bool = False
    part: Part = Part.PART_1
    exemption_paragraph: int | None = None
    call_in_ends_on: Day | None = None
    reference: Line | None = None

    def to_decision(self, owner: UUID) -> Decision:
        return Decision(
            id=self.id,
            owner_organisation_id=owner,
            partnership_id=self.partnership_id,
            subject=self.subject,
            subject_id=self.subject_id,
            subject_title=self.subject_title,
            edition=self.edition,
            body=self.body,
            body_type=self.body_type,
            decided_on=self.decided_on,
            outcome=self.outcome,
            conditions=tuple(each.to_condition(index) for index, each in enumerate(self.conditions)),
            delegates=self.delegates.to_delegation() if self.delegates else None,
            authority=self.authority.to_authority() if self.authority else None,
            key_decision=self.key_decision,
            part=self.part,
            exemption_paragraph=self.exemption_paragraph,
            call_in_ends_on=self.call_in_ends_on,
            reference=self.reference,
        )


class MetConditionIn(Body):
    """That a condition was met, when, and by what evidence."""

    number: int = Field(ge=1, le=100, examples=[1])
    met_on: Day = Field(examples=["2015-03-10"])
    evidence: Paragraph = Field(examples=["Governing Body minutes of 10 March 2015, item 7"])


class ConditionOut(Out):
    """A condition, and when it was met."""

    number: int
    text: str
    recommendations: list[int] = Field(examples=[[3, 4]])
    met_on: Day | None
    evidence: str | None


class DecisionOut(Out):
    """A decision as it was recorded, with the conditions that were met since."""

    id: UUID
    owner_organisation_id: UUID
    partnership_id: UUID
    subject: Subject
    subject_id: UUID
    subject_title: str
    edition: int | None
    body: str
    body_type: BodyType
    decided_on: Day
    outcome: Outcome
    conditions: list[ConditionOut]
    delegates: DelegationBody | None
    authority: AuthorityBody | None
    key_decision: bool
    part: Part
    exemption_paragraph: int | None
    call_in_ends_on: Day | None
    reference: str | None
    version: int


class DecisionsOut(Out):
    """A page of decisions."""

    items: list[DecisionOut]
    next: str | None


@router.post(
    "",
    operation_id="recordDecision",
    status_code=201,
    response_model=DecisionOut,
    responses=problems(409, 413, 415),
    summary="Record a decision",
)
async def record(
    body: DecisionIn,
    door: Annotated[Door, may("decision:write")],
    sent: Annotated[Sent, post_once("recordDecision")],
) -> Response:
    """Records what a body of your own organisation decided. An agreement is approved when the last one counts."""
    kept = await record_decision(door.db, door.caller, sent, body.to_decision(door.caller.organisation_id))
    return answer(kept, f"/v1/decisions/{body.id}")


@router.post(
    "/{id}/met-conditions",
    operation_id="meetCondition",
    response_model=DecisionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record that a condition was met",
)
async def meet(
    id: UUID,  # noqa: A002 the name in the address
    body: MetConditionIn,
    door: Annotated[Door, may("decision:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("meetCondition")],
) -> Response:
    """Only the organisation whose body made the condition can say so. What is met stays met."""
    kept = await meet_condition(
        door.db, door.caller, sent, id, expected, body.number, body.met_on, body.evidence
    )
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getDecision",
    response_model=DecisionOut,
    responses=problems(404),
    summary="Read a decision",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One decision with its conditions."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await decisions.get(tx, id))


@router.get(
    "",
    operation_id="listDecisions",
    response_model=DecisionsOut,
    responses=problems(),
    summary="List the decisions of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    subject_id: Annotated[UUID | None, Query(description="Only decisions on this.")] = None,
) -> Response:
    """The decisions that you may see, by the day on which they were made."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await decisions.page(tx, partnership_id, subject_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.decided_on, each.id)))
