"""Successions in the books: who took over from whom, and what each thing became."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.api.succession_bodies import LedgerSuccessionsOut, SucceededThingsOut
from services.budget.store import successions
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1", tags=["successions"])


@router.get(
    "/ledger-successions",
    operation_id="listLedgerSuccessions",
    response_model=LedgerSuccessionsOut,
    responses=problems(),
    summary="List the successions in a partnership's books",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """Who took over whose books, from when, by which instrument and with which share."""
    after = read_cursor(pages.cursor, UUID, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await successions.page(tx, partnership_id, pages.limit, after, within)
    return listed(
        request,
        page_of(
            rows, pages.limit, lambda each: (each.predecessor_organisation_id, each.owner_organisation_id)
        ),
    )


@router.get(
    "/succeeded-things",
    operation_id="listSucceededThings",
    response_model=SucceededThingsOut,
    responses=problems(),
    summary="List what the things of predecessors became",
)
async def things(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """Each account, line, contribution and commitment of a predecessor with what it became, as far as you may see it."""
    after = read_cursor(pages.cursor, UUID, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await successions.items(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.from_id, each.to_id)))
