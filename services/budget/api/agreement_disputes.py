"""Disputes on agreements: raise, take on, resolve, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.budget.actions.move_dispute import move_dispute
from services.budget.actions.raise_dispute import raise_dispute
from services.budget.actions.resolve_dispute import resolve_dispute
from services.budget.api.dispute_bodies import (
    DisputeIn,
    DisputeOut,
    DisputesOut,
    DisputeStageIn,
    ResolutionIn,
)
from services.budget.rules.dispute import DisputeSubject
from services.budget.store import agreements, disputes
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/agreements/{id}/disputes", tags=["disputes"])

_SUBJECT = DisputeSubject.AGREEMENT


@router.post(
    "",
    operation_id="raiseAgreementDispute",
    status_code=201,
    response_model=DisputeOut,
    responses=problems(404, 409, 413, 415),
    summary="Dispute an agreement",
)
async def raise_(
    id: UUID,  # noqa: A002 the name in the address
    body: DisputeIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("raiseAgreementDispute")],
) -> Response:
    """By a party. It stops nothing: periods close, and what is not disputed proceeds."""
    kept = await raise_dispute(door.db, door.caller, sent, body.to_asked(_SUBJECT, id))
    return answer(kept, f"/v1/agreements/{id}/disputes/{body.id}")


@router.post(
    "/{dispute_id}/stage",
    operation_id="moveAgreementDispute",
    response_model=DisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Take a dispute on an agreement to its next stage",
)
async def move(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: DisputeStageIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("moveAgreementDispute")],
) -> Response:
    """On to a later stage, with the day by which that one should have ended."""
    stage = (body.stage, body.began_on, body.due_on)
    kept = await move_dispute(door.db, door.caller, sent, (_SUBJECT, id), dispute_id, expected, stage)
    return answer(kept)


@router.post(
    "/{dispute_id}/resolution",
    operation_id="resolveAgreementDispute",
    response_model=DisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a dispute on an agreement with its outcome",
)
async def resolve(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: ResolutionIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("resolveAgreementDispute")],
) -> Response:
    """By the organisation that raised it. What has to change in the books is posted as every correction is."""
    ending = (body.outcome, body.resolved_on, body.resolution)
    kept = await resolve_dispute(door.db, door.caller, sent, (_SUBJECT, id), dispute_id, expected, ending)
    return answer(kept)


@router.get(
    "/{dispute_id}",
    operation_id="getAgreementDispute",
    response_model=DisputeOut,
    responses=problems(404),
    summary="Read a dispute on an agreement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One dispute, where it stands and by when its stage should have ended."""
    async with door.db.begin(door.caller) as tx:
        await agreements.get(tx, id)
        return shown(request, await disputes.get(tx, id, dispute_id))


@router.get(
    "",
    operation_id="listAgreementDisputes",
    response_model=DisputesOut,
    responses=problems(404),
    summary="List the disputes on an agreement",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """By the day on which they were raised."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller) as tx:
        await agreements.get(tx, id)
        rows = await disputes.page(tx, id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.raised_on, each.id)))
