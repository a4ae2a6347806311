"""Disputes about accepted returns (`/v1/returns/{id}/disputes`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.outcomes.actions.advance_dispute import advance_dispute
from services.outcomes.actions.raise_dispute import raise_dispute
from services.outcomes.actions.resolve_dispute import resolve_dispute
from services.outcomes.api.return_bodies import FieldReasonIn, FieldReasonOut
from services.outcomes.rules.dispute import DisputeOutcome, DisputeStage
from services.outcomes.rules.kpi_return import FieldReason
from services.outcomes.store import disputes, returns
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/returns", tags=["returns"])

_WHY = "The patients of our area are counted in it twice."


class ReturnDisputeIn(Body):
    """What is disputed and why, and until when the parties negotiate."""

    model_config = example(
        points=[{"pointer": f"/values/{INDICATOR}/value", "reason": _WHY}], until="2030-04-30"
    )

    points: list[FieldReasonIn] = Field(max_length=200)
    until: Day = Field(examples=["2030-04-30"])


class ReturnDisputeStageIn(Body):
    """The stage that the dispute enters, and its last day."""

    model_config = example(stage="mediation", until="2030-05-31", note="A mediator was agreed.")

    stage: DisputeStage
    until: Day = Field(examples=["2030-05-31"])
    note: Paragraph | None = Field(default=None, examples=["A mediator was agreed."])


class ReturnDisputeResolutionIn(Body):
    """How the dispute ended."""

    model_config = example(outcome="upheld", note="The figure will be corrected.")

    outcome: DisputeOutcome
    note: Paragraph = Field(examples=["The figure will be corrected."])


class ReturnDisputeStepOut(Out):
    """A stage that the dispute entered."""

    stage: DisputeStage
    until: Day
    note: str | None = Field(examples=["A mediator was agreed."])
    entered_at: datetime
    organisation_id: UUID
    client_id: UUID


class ReturnDisputeOut(Out):
    """A dispute about one accepted revision. The undisputed figures stand meanwhile."""

    id: UUID
    return_id: UUID
    revision: int
    partnership_id: UUID
    raised_by_organisation_id: UUID
    points: list[FieldReasonOut]
    disputed_indicator_ids: list[UUID]
    undisputed_indicator_ids: list[UUID]
    stage: DisputeStage
    stage_until: Day
    steps: list[ReturnDisputeStepOut]
    outcome: DisputeOutcome | None
    resolution: str | None = Field(examples=["The figure will be corrected."])
    raised_at: datetime
    resolved_at: datetime | None
    version: int
    updated_at: datetime


class ReturnDisputesOut(Out):
    """A page of disputes."""

    items: list[ReturnDisputeOut]
    next: str | None


@router.post(
    "/{id}/disputes",
    operation_id="raiseReturnDispute",
    status_code=201,
    response_model=ReturnDisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Dispute figures of an accepted return",
)
async def post(
    id: UUID,  # noqa: A002 the name in the address
    body: ReturnDisputeIn,
    door: Annotated[Door, may("return:discuss")],
    sent: Annotated[Sent, post_once("raiseReturnDispute")],
    version: IfMatch,
) -> Response:
    """An associate's objection, or the provider's own. What nobody disputes goes on holding."""
    points = tuple(FieldReason(each.pointer, each.reason) for each in body.points)
    return answer(await raise_dispute(door.db, door.caller, sent, id, version, points, body.until))


@router.post(
    "/{id}/disputes/{dispute_id}/stage",
    operation_id="advanceReturnDispute",
    response_model=ReturnDisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Take a dispute to a stage",
)
async def stage(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: ReturnDisputeStageIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("advanceReturnDispute")],
    version: IfMatch,
) -> Response:
    """Enters mediation or expert determination, or gives the present stage a new last day. Only the lead does."""
    kept = await advance_dispute(
        door.db, door.caller, sent, (id, dispute_id), version, body.stage, body.until, body.note
    )
    return answer(kept)


@router.post(
    "/{id}/disputes/{dispute_id}/resolution",
    operation_id="resolveReturnDispute",
    response_model=ReturnDisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Resolve a dispute",
)
async def resolve(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: ReturnDisputeResolutionIn,
    door: Annotated[Door, may("return:discuss")],
    sent: Annotated[Sent, post_once("resolveReturnDispute")],
    version: IfMatch,
) -> Response:
    """The lead says how it ended; who raised it may withdraw it. A figure that was wrong is corrected by reopening."""
    kept = await resolve_dispute(
        door.db, door.caller, sent, (id, dispute_id), version, body.outcome, body.note
    )
    return answer(kept)


@router.get(
    "/{id}/disputes/{dispute_id}",
    operation_id="getReturnDispute",
    response_model=ReturnDisputeOut,
    responses=problems(404),
    summary="Read a dispute",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    request: Request,
    door: Annotated[Door, may("return:read")],
) -> Response:
    """A dispute with every stage that it went through."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await disputes.get(tx, id, dispute_id))


@router.get(
    "/{id}/disputes",
    operation_id="listReturnDisputes",
    response_model=ReturnDisputesOut,
    responses=problems(404),
    summary="List the disputes about a return",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The disputes about a return, in the order in which they last changed."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await returns.get(tx, id)
        rows = await disputes.page(tx, found.id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.updated_at, each.id)))
