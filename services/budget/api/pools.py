"""Pools: open under an agreement, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.open_pool import open_pool
from services.budget.rules.category import Category, read_category
from services.budget.rules.line import Arrangement
from services.budget.rules.pool import PoolAsked
from services.budget.store import pools
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Line, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/pools", tags=["pools"])


class PoolIn(Body):
    """A pool to open. Its host is the agreement's; `shadow` until the agreement is in force."""

    partnership_id: UUID
    agreement_id: UUID
    name: Title = Field(examples=["Wellness"])
    category: Line = Field(description="A category, or a name known for one.", examples=["wellness"])
    arrangement: Arrangement = Field(examples=["shadow"])


class PoolOut(Out):
    """A pool. Its owner is the host partner."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    agreement_id: UUID
    name: str
    category: Category
    arrangement: Arrangement
    version: int


class PoolsOut(Out):
    """A page of pools."""

    items: list[PoolOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="openPool",
    status_code=201,
    response_model=PoolOut,
    responses=problems(409, 413, 415),
    summary="Open a pool",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PoolIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("openPool")],
) -> Response:
    """Opens a pool under an agreement between at least one NHS body and one local authority."""
    asked = PoolAsked(
        id, body.partnership_id, body.agreement_id, body.name, read_category(body.category), body.arrangement
    )
    return answer(await open_pool(door.db, door.caller, sent, asked), f"/v1/pools/{id}")


@router.get(
    "/{id}",
    operation_id="getPool",
    response_model=PoolOut,
    responses=problems(404),
    summary="Read a pool",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One pool. What it holds is its position."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await pools.get(tx, id))


@router.get(
    "",
    operation_id="listPools",
    response_model=PoolsOut,
    responses=problems(),
    summary="List the pools of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    agreement_id: Annotated[UUID | None, Query(description="Only pools under this agreement.")] = None,
) -> Response:
    """The pools that you may see, by name."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await pools.page(tx, partnership_id, agreement_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))
