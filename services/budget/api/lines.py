"""Budget lines: open one's own for a year, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.open_line import open_line
from services.budget.api.line_bodies import LineIn, LineOut, LinesOut
from services.budget.api.years import YearQuery, label_of
from services.budget.store import lines
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/lines", tags=["lines"])


@router.put(
    "/{id}",
    operation_id="openLine",
    status_code=201,
    response_model=LineOut,
    responses=problems(409, 413, 415),
    summary="Open a budget line",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: LineIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("openLine")],
) -> Response:
    """Opens a line of your organisation's money: pooled where that is lawful, aligned or shadow where not."""
    asked = body.to_line(id, door.caller.organisation_id)
    return answer(await open_line(door.db, door.caller, sent, asked), f"/v1/lines/{id}")


@router.get(
    "/{id}",
    operation_id="getLine",
    response_model=LineOut,
    responses=problems(404),
    summary="Read a budget line",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One line. What was spent on it is in the position."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await lines.get(tx, id))


@router.get(
    "",
    operation_id="listLines",
    response_model=LinesOut,
    responses=problems(),
    summary="List the budget lines of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    pool_id: Annotated[UUID | None, Query(description="Only lines of this pool.")] = None,
) -> Response:
    """The lines that you may see, by name."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await lines.page(tx, partnership_id, year, pool_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))
