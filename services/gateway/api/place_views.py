"""Two views of a place's money over years: all of it, whoever spends it, and how it is balanced."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.api.place_rows import balance_rows, place_rows
from services.gateway.api.view_questions import AsAt, AsRecorded, FromYear, Mode, ToYear, ask_years
from services.gateway.api.view_readers import readers_for
from services.gateway.views.place_spend import (
    BALANCE_SOURCES,
    PLACE_SOURCES,
    SpendBalance,
    SpendBasis,
    WholePlace,
    place_spend,
    spend_balance,
)
from services.gateway.views.source import ViewMode
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/partnerships/{id}", tags=["partnerships"])
_VARIES = {"Vary": "Accept"}


@router.get(
    "/whole-place",
    operation_id="getWholePlaceView",
    response_model=WholePlace,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="See all public money of a place",
)
async def place(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    from_year: FromYear = None,
    to_year: ToYear = None,
    as_at: AsAt = None,
    as_recorded: AsRecorded = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Pooled, aligned and shadow money together as if pooled, by category and by partner, year by year.

    Partners see each other's aligned money as totals by category; an observer sees the totals alone. Who withholds
    figures is named. With `Accept: text/csv` a table in pounds.
    """
    asked = ask_years(door, id, PLACE_SOURCES.values(), (from_year, to_year), (as_at, as_recorded), mode)
    view = await place_spend(door.db, door.caller, readers_for(request, PLACE_SOURCES), asked)
    if wants_csv(request):
        return shown_as_csv(request, place_rows(view), "whole-place")
    return shown(request, view, _VARIES)


@router.get(
    "/balance-of-spend",
    operation_id="getBalanceOfSpendView",
    response_model=SpendBalance,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="See whether spend moves towards community and wellness",
)
async def balance(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    from_year: FromYear = None,
    to_year: ToYear = None,
    basis: Annotated[
        SpendBasis, Query(description="What was spent, or what was budgeted.")
    ] = SpendBasis.ACTUAL,
    as_at: AsAt = None,
    as_recorded: AsRecorded = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Each category's share of the spend of each year, and its direction since the year before.

    A year of which anything is unknown has no shares. With `Accept: text/csv` a table.
    """
    asked = ask_years(door, id, BALANCE_SOURCES.values(), (from_year, to_year), (as_at, as_recorded), mode)
    readers = readers_for(request, BALANCE_SOURCES)
    view = await spend_balance(door.db, door.caller, readers, asked, basis)
    if wants_csv(request):
        return shown_as_csv(request, balance_rows(view), "balance-of-spend")
    return shown(request, view, _VARIES)
