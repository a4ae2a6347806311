"""Ledger code maps: the codes of an organisation's own ledger for its lines and pools."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.keep_ledger_codes import keep_ledger_codes
from services.budget.rules.ledger_code_map import LedgerCode, LedgerCodeMap
from services.budget.store import ledger_code_maps
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Code, FinancialYearField, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/ledger-code-maps", tags=["reports"])


class LedgerCodeIn(Body):
    """The code of one line of your own, or of what you pay to and hold in one pool."""

    code: Code = Field(examples=["4410-22017"])
    line_id: UUID | None = None
    pool_id: UUID | None = Field(default=None, examples=[None])


class LedgerCodeMapIn(Body):
    """Codes of your own ledger. What an earlier map says of other lines and pools stays."""

    partnership_id: UUID
    financial_year: FinancialYearField
    control_code: Code = Field(description="Takes the other side of every journal.", examples=["9100-POOL"])
    codes: list[LedgerCodeIn] = Field(max_length=2000)


class LedgerCodeOut(Out):
    """The code of one line, or of one pool."""

    code: str = Field(examples=["4410-22017"])
    line_id: UUID | None
    pool_id: UUID | None


class LedgerCodeMapOut(Out):
    """Codes of one organisation's ledger, as they were recorded."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    financial_year: str = Field(examples=["2015/16"])
    control_code: str
    codes: list[LedgerCodeOut]
    version: int


class LedgerCodeMapsOut(Out):
    """A page of maps, former ones too."""

    items: list[LedgerCodeMapOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="keepLedgerCodes",
    status_code=201,
    response_model=LedgerCodeMapOut,
    responses=problems(409, 413, 415),
    summary="Record codes of your own ledger",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: LedgerCodeMapIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("keepLedgerCodes")],
) -> Response:
    """They count from your next partner journal on. No other partner sees them."""
    asked = LedgerCodeMap(
        id,
        body.partnership_id,
        door.caller.organisation_id,
        body.financial_year.label,
        body.control_code,
        tuple(LedgerCode(each.code, each.line_id, each.pool_id) for each in body.codes),
    )
    kept = await keep_ledger_codes(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/ledger-code-maps/{id}")


@router.get(
    "/{id}",
    operation_id="getLedgerCodeMap",
    response_model=LedgerCodeMapOut,
    responses=problems(404),
    summary="Read a ledger code map",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One map of your own."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await ledger_code_maps.get(tx, id))


@router.get(
    "",
    operation_id="listLedgerCodeMaps",
    response_model=LedgerCodeMapsOut,
    responses=problems(),
    summary="List your ledger code maps",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """Your own maps by year, former ones too."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await ledger_code_maps.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
