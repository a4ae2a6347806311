"""Appraisals: record one, or an audit of printed figures, and read what comes of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.record_appraisal import record_appraisal
from services.budget.api.appraisal_bodies import AppraisalIn, AppraisalOut, AppraisalsOut
from services.budget.rules.appraisal_record import examine
from services.budget.store import appraisals
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/appraisals", tags=["appraisals"])


@router.put(
    "/{id}",
    operation_id="recordAppraisal",
    status_code=201,
    response_model=AppraisalOut,
    responses=problems(409, 413, 415),
    summary="Appraise a project or audit printed figures",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: AppraisalIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordAppraisal")],
) -> Response:
    """Return, discounted return, net present value, internal rate and payback with a stated timing.

    Printed figures are recomputed where they can be; each difference comes with its likely cause.
    """
    asked = body.to_appraisal(id, door.caller.organisation_id)
    return answer(await record_appraisal(door.db, door.caller, sent, asked), f"/v1/appraisals/{id}")


@router.get(
    "/{id}",
    operation_id="getAppraisal",
    response_model=AppraisalOut,
    responses=problems(404),
    summary="Read an appraisal",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One appraisal with its results, worked out anew from what was given."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, examine(await appraisals.get(tx, id)))


@router.get(
    "",
    operation_id="listAppraisals",
    response_model=AppraisalsOut,
    responses=problems(),
    summary="List the appraisals of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The appraisals that you may see, by title."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = [
            examine(each) for each in await appraisals.page(tx, partnership_id, pages.limit, after, within)
        ]
    return listed(request, page_of(rows, pages.limit, lambda each: (each.title, each.id)))
