"""Two views of what is achieved: the scorecard of the whole system, and outcomes beside the money."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.api.achievement_rows import money_rows, scorecard_rows
from services.gateway.api.view_questions import AsAt, AsRecorded, Mode, Year, ask_year
from services.gateway.api.view_readers import readers_for
from services.gateway.views import outcomes_for_money as for_money
from services.gateway.views import system_scorecard as of_system
from services.gateway.views.outcomes_for_money import OutcomesForMoney, outcomes_for_money
from services.gateway.views.source import ViewMode
from services.gateway.views.system_scorecard import SystemScorecard, system_scorecard
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/partnerships/{id}", tags=["partnerships"])
_VARIES = {"Vary": "Accept"}


@router.get(
    "/scorecard",
    operation_id="getSystemScorecard",
    response_model=SystemScorecard,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="See what the whole system achieves",
)
async def scorecard(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    framework_id: Annotated[
        UUID | None, Query(description="Only its indicators, and which way is good as it says.")
    ] = None,
    as_at: AsAt = None,
    as_recorded: AsRecorded = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Every provider's lines with target, trend and rating, counted by axis, by domain and by provider.

    A provider or associate sees the lines of its contracts, an observer the values as published, an auditor those of
    the bodies of its appointment. With `Accept: text/csv` a table.
    """
    asked = ask_year(door, id, of_system.SOURCES.values(), None, (as_at, as_recorded), mode)
    readers = readers_for(request, of_system.SOURCES)
    view = await system_scorecard(door.db, door.caller, readers, asked, framework_id)
    if wants_csv(request):
        return shown_as_csv(request, scorecard_rows(view), "scorecard")
    return shown(request, view, _VARIES)


@router.get(
    "/outcomes-for-money",
    operation_id="getOutcomesForMoney",
    response_model=OutcomesForMoney,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="See spend, unit cost and outcome side by side",
)
async def money(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    financial_year: Year = None,
    as_at: AsAt = None,
    as_recorded: AsRecorded = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """By service and contract: its value, what journal entries say was spent for it, unit costs, and rated outcomes.

    A unit cost is the provider's own figure, or spend by activity where both are of the whole year; else it says why
    there is none. Associates and providers see their contracts and what these achieve, and no spend; an observer what
    is published. With `Accept: text/csv` a table in pounds.
    """
    asked = ask_year(door, id, for_money.SOURCES.values(), financial_year, (as_at, as_recorded), mode)
    readers = readers_for(request, for_money.SOURCES)
    view = await outcomes_for_money(door.db, door.caller, readers, asked)
    if wants_csv(request):
        return shown_as_csv(request, money_rows(view), f"outcomes-for-money-{asked.last.slug}")
    return shown(request, view, _VARIES)
