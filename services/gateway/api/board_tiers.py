"""The tiers in which a partnership's boards stand, by line of management or in law."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.rules import board_tier as rules
from services.gateway.rules.board import MOST_BOARDS, BoardKind
from services.gateway.rules.board_tier import BoardTier, Hierarchy
from services.gateway.store.governance_registers import boards
from shared.page import Page
from shared.web.answers import listed
from shared.web.doors import Door, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/board-tiers", tags=["governance"])


class BoardTierOut(Out):
    """Where a board stands. Tier 1 is the top; tier 0 has who is nobody's body in law."""

    board_id: UUID
    name: str = Field(examples=["Health and Wellbeing Board"])
    kind: BoardKind
    organisation_id: UUID | None
    tier: int
    above: list[UUID]


class BoardTiersOut(Out):
    """All boards of a day, from the top. There is one page."""

    items: list[BoardTierOut]
    next: str | None


@router.get(
    "",
    operation_id="getBoardTiers",
    response_model=BoardTiersOut,
    responses=problems(),
    summary="See in which tiers the boards of a partnership stand",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    partnership_id: Annotated[UUID, Query()],
    hierarchy: Annotated[
        Hierarchy, Query(description="The line of management, or whose bodies they are in law.")
    ] = Hierarchy.MANAGEMENT,
    as_at: Annotated[Day | None, Query(description="Left out: today.")] = None,
) -> Response:
    """A body can sit in another's structure and stay its own in law: the two hierarchies need not agree."""
    async with door.db.begin(door.caller, single=True) as tx:
        found = await boards.all(tx, partnership_id, MOST_BOARDS)
    tiers: tuple[BoardTier, ...] = rules.tiers(found, hierarchy, as_at or today_in_england())
    return listed(request, Page(tiers, None))
