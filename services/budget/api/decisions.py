"""Decisions of cabinets, governing bodies and officers: record, say that a condition was met, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.meet_condition import meet_condition
from services.budget.actions.record_decision import record_decision
from services.budget.api.decision_bodies import DecisionIn, DecisionOut, DecisionsOut, MetConditionIn
from services.budget.store import decisions
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])


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
