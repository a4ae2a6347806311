"""What a line's grant demands: record that it was met, read what was."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.budget.actions.meet_demand import meet_demand
from services.budget.api.agreement_bodies import Tag
from services.budget.api.line_bodies import LineOut
from services.budget.rules.ring_fence import MetDemand
from services.budget.store import lines, met_demands
from shared.idempotency import Sent
from shared.page import Page
from shared.web.answers import answer, listed
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/lines", tags=["lines"])


class MetDemandIn(Body):
    """Which condition of the grant was met, when, and what shows it."""

    code: Tag = Field(examples=["hwb_sign_off"])
    met_on: Day = Field(examples=["2015-03-26"])
    evidence: Paragraph = Field(examples=["Minute 12 of the Health and Wellbeing Board, 26 March 2015"])


class MetDemandOut(Out):
    """A condition that was met."""

    code: str
    met_on: Day
    evidence: str


class MetDemandsOut(Out):
    """All conditions of a line that were met: no more than its grant has."""

    items: list[MetDemandOut]
    next: str | None


@router.post(
    "/{id}/met-demands",
    operation_id="meetDemand",
    response_model=LineOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record that a grant's condition was met",
)
async def meet(
    id: UUID,  # noqa: A002 the name in the address
    body: MetDemandIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("meetDemand")],
) -> Response:
    """Answers the line. Once it waits for nothing more, it may be spent."""
    met = MetDemand(body.code, body.met_on, body.evidence)
    return answer(await meet_demand(door.db, door.caller, sent, id, expected, met))


@router.get(
    "/{id}/met-demands",
    operation_id="listMetDemands",
    response_model=MetDemandsOut,
    responses=problems(404),
    summary="List the conditions of a line's grant that were met",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """What was met, by its code, with what shows it."""
    async with door.db.begin(door.caller) as tx:
        await lines.get(tx, id)
        found = await met_demands.of_line(tx, id)
    return listed(request, Page(tuple(found), None))
