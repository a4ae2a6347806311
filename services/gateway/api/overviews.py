"""The overview of a partnership: one door to a view of three services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.reading import Reader
from services.gateway.rules.policy import decide
from services.gateway.rules.policy_table import ROWS
from services.gateway.views.overview import Mode, Overview, overview
from shared.calendar import FinancialYear, financial_year_of, read_financial_year
from shared.errors import NOT_FOUND, Kind, Refusal, reason
from shared.logs import correlation_id, request_id
from shared.web.answers import shown
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
# Those whom each of the three services gives the partnership's own view; others read what is theirs there.
_VIEWERS = ("commissioner", "host", "auditor")
_ROWS = {row.operation_id: row for row in ROWS}


@router.get(
    "",
    operation_id="getOverview",
    response_model=Overview,
    responses=problems(404),
    summary="Read a partnership's money, contracts and outcomes in one view",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    financial_year: Annotated[
        str | None, Query(max_length=7, examples=["2014-15"], description="This year's by default.")
    ] = None,
    as_at: Annotated[
        Day | None, Query(description="A day of that year; by default today, or the last day of a past year.")
    ] = None,
    mode: Annotated[
        Mode,
        Query(description="What to do while a service does not answer: show the rest, or refuse with 503."),
    ] = Mode.PARTIAL,
) -> Response:
    """Fund position by category and partner, contracts and what ends next, and the scorecard.

    You need the scopes to read each of the three. What is not known is null and never 0; `complete` is false
    while anything is missing, and `sources` says of each service whether it answered and when.
    """
    now = datetime.now(UTC)
    if not door.caller.holds(id, *_VIEWERS):
        raise NOT_FOUND()
    year, day = _when(financial_year, as_at, today_in_england(now))
    visitor: Visitor = request.scope["visitor"]
    for operation in SOURCES.values():
        decide(_ROWS[operation], door.caller)
    return shown(request, await overview(_readers(request, visitor), id, year, day, mode, now))


def _when(asked_year: str | None, asked_day: date | None, today: date) -> tuple[FinancialYear, date]:
    """The year and the day of the overview; a day that is not asked for is today or the year's nearest day."""
    try:
        year = read_financial_year(asked_year) if asked_year else financial_year_of(asked_day or today)
    except Refusal as refusal:
        raise refusal.reason("?financial_year", **refusal.facts) from None
    if asked_day is not None and asked_day not in year:
        raise OUTSIDE_YEAR("?as_at", first_day=year.first_day, last_day=year.last_day)
    return year, asked_day or min(max(today, year.first_day), year.last_day)


def _readers(request: Request, visitor: Visitor) -> dict[str, Reader]:
    desk: Desk = request.app.state.desk
    return {
        service: Reader(
            request.app.state.upstreams[service],
            desk.assertion(visitor, service),
            request_id.get() or "",
            correlation_id.get(),
        )
        for service in SOURCES
    }
