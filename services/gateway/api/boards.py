"""Boards: enter, change, read, list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.actions.enter_record import enter_record
from services.gateway.actions.move_record import move_record
from services.gateway.api.board_bodies import BoardChange, BoardIn, BoardOut, BoardsOut
from services.gateway.rules import board as rules
from services.gateway.store.governance_registers import boards
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/boards", tags=["governance"])


@router.put(
    "/{id}",
    operation_id="enterBoard",
    status_code=201,
    response_model=BoardOut,
    responses=problems(409, 413, 415),
    summary="Enter a board with its seats",
)
async def enter(
    id: UUID,  # noqa: A002 the name in the address
    body: BoardIn,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("enterBoard")],
) -> Response:
    """A cabinet, governing body, board, committee, meeting, team or office of your partnership."""
    asked = body.to_board(id, door.caller.organisation_id)
    kept = await enter_record(
        door.db, door.caller, sent, boards, body.partnership_id, lambda place: rules.enter(asked, place.known)
    )
    return answer(kept, f"/v1/boards/{id}")


@router.patch(
    "/{id}",
    operation_id="changeBoard",
    response_model=BoardOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change a board, its seats or its place",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: BoardChange,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changeBoard")],
) -> Response:
    """By the organisation that entered it. A member who leaves has a last day; who sat when stays on record."""
    changes = body.to_changes()
    kept = await move_record(
        door.db, door.caller, sent, boards, id, version, "changed",
        lambda before, place: rules.change(before, changes, place.known),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getBoard",
    response_model=BoardOut,
    responses=problems(404),
    summary="Read a board",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One board with everybody who sits or sat on it, by post."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await boards.get(tx, id))


@router.get(
    "",
    operation_id="listBoards",
    response_model=BoardsOut,
    responses=problems(),
    summary="List the boards of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """By name, those that have ended too."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await boards.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, boards.key))
