"""The overview of a partnership: one door to a view of three services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.api.overview_rows import overview_rows
from services.gateway.api.view_readers import readers_for
from services.gateway.rules.partnership import Role
from services.gateway.rules.policy import decide
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.view import Sight, WithheldBecause, sight_of
from services.gateway.views.overview import Asked, Overview, overview
from services.gateway.views.source import ViewMode
from shared.calendar import FinancialYear, financial_year_of, read_financial_year
from shared.errors import NOT_FOUND, Kind, Refusal, reason
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.fields import Day
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/partnerships/{id}/overview", tags=["partnerships"])

OUTSIDE_YEAR = reason(
    "overview_outside_year",
    Kind.INVALID,
    "The day of an overview must lie in the financial year that is asked for.",
)
SOURCES = {"budget": "getPosition", "contracts": "getContractSummary", "outcomes": "getScorecardSummary"}
_ROWS = {row.operation_id: row for row in ROWS}


@router.get(
    "",
    operation_id="getOverview",
    response_model=Overview,
    responses={**problems(404), 200: AS_CSV},
    summary="Read a partnership's money, contracts and outcomes in one view",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    financial_year: Annotated[
        str | None,
        Query(pattern=r"^\d{4}-\d{2}$", examples=["2014-15"], description="This year's by default."),
    ] = None,
    as_at: Annotated[
        Day | None, Query(description="A day of that year; by default today, or the last day of a past year.")
    ] = None,
    mode: Annotated[
        ViewMode,
        Query(description="What to do while a service does not answer: show the rest, or refuse with 503."),
    ] = ViewMode.PARTIAL,
) -> Response:
    """Fund position by category and partner, contracts and what ends next, and the scorecard.

    Commissioners see all of it. An observer sees the fund's totals alone, published contracts and published
    outcomes; an associate and a provider their contracts and what these achieve, and no fund; an auditor the
    bodies and years of its appointment. `sources` says of each service whether it answered, is withheld from
    you and why, or was unavailable; `withheld_contributors` whose figures you are not shown. What is not known
    or not shown is null and never 0, and `complete` is false while there is any. You need the scopes to read
    what is open to you. It is a view of what is on record now; what was on record at an instant is asked of
    positions, the whole place and the scorecard. With `Accept: text/csv` a table in pounds.
    """
    now = datetime.now(UTC)
    if not door.caller.holds(id, *Role):
        raise NOT_FOUND()
    year, day = _when(financial_year, as_at, today_in_england(now))
    sight = sight_of(door.caller, id, year)
    closed = _closed(sight)
    for service, operation in SOURCES.items():
        if service not in closed:
            decide(_ROWS[operation], door.caller)
    asked = Asked(id, year, day, mode, now, sight, closed)
    view = await overview(door.db, door.caller, readers_for(request, SOURCES), asked)
    if wants_csv(request):
        return shown_as_csv(request, overview_rows(view), "overview")
    return shown(request, view, {"Vary": "Accept"})


def _closed(sight: Sight) -> dict[str, WithheldBecause]:
    """The services that are not asked, and why: as the policy table has it for the roles held here."""
    found = {service: sight.closed(_ROWS[operation]) for service, operation in SOURCES.items()}
    return {service: because for service, because in found.items() if because is not None}


def _when(asked_year: str | None, asked_day: date | None, today: date) -> tuple[FinancialYear, date]:
    """The year and the day of the overview; a day that is not asked for is today or the year's nearest day."""
    try:
        year = read_financial_year(asked_year) if asked_year else financial_year_of(asked_day or today)
    except Refusal as refusal:
        raise refusal.reason("?financial_year", **refusal.facts) from None
    if asked_day is not None and asked_day not in year:
        raise OUTSIDE_YEAR("?as_at", first_day=year.first_day, last_day=year.last_day)
    return year, asked_day or min(max(today, year.first_day), year.last_day)
