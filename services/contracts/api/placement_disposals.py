"""Disposals: what stands for persons goes, with a certificate; the sums stay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.contracts.actions.dispose_placements import AskedDisposal, dispose_placements
from services.contracts.rules.placement_disposal import MOST_AT_ONCE, DisposalBasis
from services.contracts.store import placement_disposals
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Body, Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/placement-disposals", tags=["placements"])


class PlacementDisposalIn(Body):
    """Disposes of your ended placements: all whose retention was over before a day, or those named."""

    as_at: Day = Field(examples=["2022-04-06"])
    basis: DisposalBasis = Field(default=DisposalBasis.RETENTION_OVER, examples=["retention_over"])
    placement_ids: list[UUID] = Field(default=[], max_length=MOST_AT_ONCE)


class PlacementDisposalOut(Out):
    """A certificate of disposal. With `more`, send it again under another key: as many went as one call takes."""

    id: UUID
    owner_organisation_id: UUID
    as_at: Day
    basis: DisposalBasis
    placement_ids: list[UUID]
    placements: int
    weekly_cost_known_pence: int = Field(description="What they cost a week, before and after the same.")
    weekly_cost_unknown: int = Field(description="Of how many the cost is not known.")
    copies_gone_by: Day = Field(
        description="By then answers kept for a repeat, which may hold a copy, are forgotten."
    )
    more: bool
    organisation_id: UUID | None
    client_id: UUID | None
    person: str | None
    recorded_at: datetime


class PlacementDisposalsOut(Out):
    """A page of certificates."""

    items: list[PlacementDisposalOut]
    next: str | None


@router.post(
    "",
    operation_id="disposePlacements",
    status_code=201,
    response_model=PlacementDisposalOut,
    responses=problems(409, 413, 415),
    summary="Dispose of records of persons",
)
async def post(
    body: PlacementDisposalIn,
    door: Annotated[Door, may("placement:write")],
    sent: Annotated[Sent, post_once("disposePlacements")],
) -> Response:
    """Takes references, outcomes and places away for good. Service, rate, cost and dates stay, and with them all sums."""
    asked = AskedDisposal(body.basis, body.as_at, today_in_england(), body.placement_ids)
    return answer(await dispose_placements(door.db, door.caller, sent, asked))


@router.get(
    "/{id}",
    operation_id="getPlacementDisposal",
    response_model=PlacementDisposalOut,
    responses=problems(404),
    summary="Read a certificate of disposal",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("placement:read")],
) -> Response:
    """A certificate of your own organisation."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await placement_disposals.get(tx, id))


@router.get(
    "",
    operation_id="listPlacementDisposals",
    response_model=PlacementDisposalsOut,
    responses=problems(),
    summary="List certificates of disposal",
)
async def every(
    request: Request,
    door: Annotated[Door, may("placement:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """Certificates of your own organisation, in the order in which they were made."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await placement_disposals.page(tx, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
