"""Placements: record, amend, read, list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.amend_placement import amend_placement
from services.contracts.actions.register_placement import register_placement
from services.contracts.api.placement_bodies import PlacementChange, PlacementIn, PlacementOut, PlacementsOut
from services.contracts.rules.placement import FundingType, RateUnit
from services.contracts.rules.placement_life import PlacementState
from services.contracts.store import placements
from shared.idempotency import Sent
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.text import fold_key
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.fields import Day, Line
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/placements", tags=["placements"])


@router.put(
    "/{id}",
    operation_id="registerPlacement",
    status_code=201,
    response_model=PlacementOut,
    responses=problems(409, 413, 415),
    summary="Record a placement",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementIn,
    door: Annotated[Door, may("placement:write")],
    sent: Annotated[Sent, put_once("registerPlacement")],
) -> Response:
    """Records a placement or package under a contract that your organisation leads or joins, under a pseudonym."""
    draft = body.to_draft(id, door.caller.organisation_id)
    return answer(await register_placement(door.db, door.caller, sent, draft), f"/v1/placements/{id}")


@router.patch(
    "/{id}",
    operation_id="amendPlacement",
    response_model=PlacementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Amend a placement",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementChange,
    door: Annotated[Door, may("placement:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("amendPlacement")],
) -> Response:
    """Changes anything while it is planned; then rate, cost, dates of review and end, outcomes and retention."""
    return answer(await amend_placement(door.db, door.caller, sent, id, version, body.to_changes()))


@router.get(
    "/{id}",
    operation_id="getPlacement",
    response_model=PlacementOut,
    responses=problems(404),
    summary="Read a placement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("placement:read")],
) -> Response:
    """A placement of your own, one that you provide, or one that a partner shares with you."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await placements.get(tx, id))


@router.get(
    "",
    operation_id="listPlacements",
    response_model=PlacementsOut,
    responses=problems(),
    summary="List placements",
)
async def every(
    request: Request,
    door: Annotated[Door, may("placement:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    provider_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[PlacementState | None, Query()] = None,
    funding_type: Annotated[FundingType | None, Query()] = None,
    service: Annotated[Line | None, Query()] = None,
    unit: Annotated[RateUnit | None, Query()] = None,
    out_of_area: Annotated[bool | None, Query()] = None,
    complete: Annotated[bool | None, Query(description="Whether every part is on record.")] = None,
    weekly_cost_from_pence: Annotated[int | None, Query(ge=0, le=LARGEST_PENCE)] = None,
    review_before: Annotated[Day | None, Query()] = None,
) -> Response:
    """Your own placements, those that you provide or partners share with you, in the order of their last change."""
    asked: dict[str, Any] = {
        "contract_id": contract_id,
        "partnership_id": partnership_id,
        "provider_id": provider_id,
        "state": state,
        "funding_type": funding_type,
        "service": None if service is None else fold_key(service),
        "unit": unit,
        "out_of_area": out_of_area,
        "complete": complete,
        "weekly_cost_from_pence": weekly_cost_from_pence,
        "review_before": review_before,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await placements.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.changed_at, each.id)))
