"""The history of contracts: every step in their lives, with who recorded it and when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.api.life_bodies import ContractStepsOut
from services.contracts.rules.step import Move
from services.contracts.store import steps
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/contract-steps", tags=["contracts"])


@router.get(
    "",
    operation_id="listContractSteps",
    response_model=ContractStepsOut,
    responses=problems(),
    summary="List the steps in contracts' lives",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    move: Annotated[Move | None, Query()] = None,
) -> Response:
    """The steps that you may know of, in the order in which they were recorded: a provider's begin with the award."""
    asked: dict[str, Any] = {"contract_id": contract_id, "partnership_id": partnership_id, "move": move}
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID, int)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await steps.page(tx, filters, pages.limit, after, within)
    return listed(
        request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.contract_id, each.version))
    )
