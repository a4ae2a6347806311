"""Splits of contracts, with the proof that nothing was lost."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.api.regrouping_bodies import RegroupingOut, RegroupingsOut
from services.contracts.rules.consolidation import RegroupingKind
from services.contracts.store import regroupings
from shared.page import page_of, read_cursor
from shared.web.answers import listed, shown
from shared.web.doors import Door, Pages, may
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/splits", tags=["contracts"])


@router.get(
    "/{id}",
    operation_id="getSplit",
    response_model=RegroupingOut,
    responses=problems(404),
    summary="Read a split",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One split, for whoever sees every contract in it: the parties of all of them, and their partnership."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await regroupings.get(tx, id, RegroupingKind.SPLIT))


@router.get(
    "",
    operation_id="listSplits",
    response_model=RegroupingsOut,
    responses=problems(),
    summary="List splits",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query(description="Of which this contract is a part.")] = None,
) -> Response:
    """The splits of contracts of which you see every one, in the order of the days from which they hold."""
    filters: dict[str, Any] = {"kind": RegroupingKind.SPLIT}
    if contract_id is not None:
        filters["contract_id"] = contract_id
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await regroupings.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.effective_on, each.id)))
