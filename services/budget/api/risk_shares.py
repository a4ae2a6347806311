"""Risk shares: record a version of a pool's scheme, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.record_risk_share import record_risk_share
from services.budget.api.risk_share_bodies import RiskShareIn, RiskShareOut, RiskSharesOut
from services.budget.store import risk_shares
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/risk-shares", tags=["risk shares"])


@router.put(
    "/{id}",
    operation_id="recordRiskShare",
    status_code=201,
    response_model=RiskShareOut,
    responses=problems(404, 409, 413, 415),
    summary="Record how a pool's risk and benefit are shared",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: RiskShareIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordRiskShare")],
) -> Response:
    """Keeps the next edition of a pool's scheme. Every amount must find a taker, or be marked as to be agreed."""
    asked = body.to_risk_share(id, door.caller.organisation_id)
    return answer(await record_risk_share(door.db, door.caller, sent, asked), f"/v1/risk-shares/{id}")


@router.get(
    "/{id}",
    operation_id="getRiskShare",
    response_model=RiskShareOut,
    responses=problems(404),
    summary="Read a risk share",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One version of a pool's risk and benefit share."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await risk_shares.get(tx, id))


@router.get(
    "",
    operation_id="listRiskShares",
    response_model=RiskSharesOut,
    responses=problems(),
    summary="List the risk shares of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    pool_id: Annotated[UUID | None, Query(description="Only versions for this pool.")] = None,
) -> Response:
    """Every version that you may see, by the day from which it takes effect."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await risk_shares.page(tx, partnership_id, pool_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.effective_from, each.id)))
