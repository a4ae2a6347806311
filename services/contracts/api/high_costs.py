"""High-cost packages: thresholds as data, and the packages that reach them with their next review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.set_high_cost_threshold import set_high_cost_threshold
from services.contracts.rules.high_cost import HighCostThreshold
from services.contracts.store import high_costs
from shared.idempotency import Sent
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/high-costs", tags=["placements"])


class HighCostThresholdIn(Body):
    """From a day on, a package of this weekly cost or more is high cost."""

    holds_from: Day = Field(examples=["2015-04-01"])
    weekly_cost_pence: int = Field(strict=True, gt=0, le=LARGEST_PENCE, examples=[150000])


class HighCostThresholdOut(Out):
    """A threshold of your organisation."""

    id: UUID
    owner_organisation_id: UUID
    holds_from: Day
    weekly_cost_pence: int = Field(examples=[150000])
    recorded_at: datetime


class HighCostThresholdsOut(Out):
    """A page of thresholds."""

    items: list[HighCostThresholdOut]
    next: str | None


class HighCostPlacementOut(Out):
    """A package at or above the threshold that held, with its review."""

    placement_id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    reference: str = Field(examples=["PL-2015-0042"])
    service: str = Field(examples=["Residential care, older people"])
    weekly_cost_pence: int
    threshold_pence: int
    out_of_area: bool | None
    review_date: Day | None
    review_missing: bool
    review_overdue: bool


class HighCostPlacementsOut(Out):
    """A page of packages of high cost."""

    items: list[HighCostPlacementOut]
    next: str | None


@router.put(
    "/thresholds/{id}",
    operation_id="setHighCostThreshold",
    status_code=201,
    response_model=HighCostThresholdOut,
    responses=problems(409, 413, 415),
    summary="Set the threshold of high cost",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: HighCostThresholdIn,
    door: Annotated[Door, may("placement:write")],
    sent: Annotated[Sent, put_once("setHighCostThreshold")],
) -> Response:
    """A threshold holds until the next one does."""
    asked = HighCostThreshold(id, door.caller.organisation_id, body.holds_from, body.weekly_cost_pence)
    return answer(await set_high_cost_threshold(door.db, door.caller, sent, asked))


@router.get(
    "/thresholds",
    operation_id="listHighCostThresholds",
    response_model=HighCostThresholdsOut,
    responses=problems(),
    summary="List thresholds of high cost",
)
async def thresholds(
    request: Request,
    door: Annotated[Door, may("placement:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """Thresholds of your own organisation, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await high_costs.thresholds(tx, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))


@router.get(
    "",
    operation_id="listHighCostPlacements",
    response_model=HighCostPlacementsOut,
    responses=problems(),
    summary="List packages of high cost",
)
async def every(
    request: Request,
    door: Annotated[Door, may("placement:read")],
    pages: Pages,
    as_at: Annotated[
        Day | None, Query(description="The day from which overdue is told; left out: today.")
    ] = None,
    threshold_pence: Annotated[
        int | None, Query(ge=0, le=LARGEST_PENCE, description="Left out: the threshold that holds that day.")
    ] = None,
) -> Response:
    """Your own packages in care at or above the threshold: first those without a review date, then as reviews fall due."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await high_costs.page(tx, as_at or today_in_england(), threshold_pence, pages.limit, after)
    return listed(
        request, page_of(rows, pages.limit, lambda each: (each.review_date or date.min, each.placement_id))
    )
