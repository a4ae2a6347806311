"""Three views of the work that waits in a partnership: what is due, what is to be decided, what does not fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.api.view_readers import readers_for
from services.gateway.api.work_view_bodies import WorkViewOut
from services.gateway.clients.reading import Reader
from services.gateway.renderings.work_rows import rows_of
from services.gateway.rules.partnership import Role
from services.gateway.rules.policy import decide
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.view import sight_of
from services.gateway.views import due_work, undecided_work, unfitting_work
from services.gateway.views.source import ViewMode
from services.gateway.views.work import WorkAsked, WorkView
from shared.calendar import financial_year_of
from shared.errors import NOT_FOUND, Kind, reason
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.fields import Day
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/partnerships/{id}", tags=["partnerships"])

A_QUARTER = timedelta(days=92)
UNTIL_BEFORE = reason(
    "due_until_before_day",
    Kind.INVALID,
    "The last day of the view lies before the day from which it is told.",
)
_ROWS = {row.operation_id: row for row in ROWS}
_VARIES = {"Vary": "Accept"}
Mode = Annotated[
    ViewMode,
    Query(description="What to do while a service does not answer: show the rest, or refuse with 503."),
]
AsAt = Annotated[Day | None, Query(description="The day from which overdue is told; left out: today.")]
View = Callable[[Mapping[str, Reader], WorkAsked], Awaitable[WorkView]]


@router.get(
    "/due",
    operation_id="getDueWork",
    response_model=WorkViewOut,
    responses={**problems(404), 200: AS_CSV},
    summary="See what is due in a partnership, and by when",
)
async def due(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    as_at: AsAt = None,
    until: Annotated[Day | None, Query(description="Left out: 92 days from as_at.")] = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Notice, review, extension and end dates of contracts, returns that are owed, milestones and reports.

    It is work to be done, so of what is on record now. With `Accept: text/csv` a table. What is overdue comes first.
    Your sight is that of each list by itself.
    """
    asked = _asked(door, id, due_work.OPERATIONS, as_at, until, mode)
    return await _told(request, due_work.due_work, due_work.OPERATIONS, asked, "due")


@router.get(
    "/outstanding-decisions",
    operation_id="getOutstandingDecisions",
    response_model=WorkViewOut,
    responses={**problems(404), 200: AS_CSV},
    summary="See what waits for whose decision",
)
async def outstanding(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    as_at: AsAt = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Approvals of agreements, virements and settlements, answers to variations, and returns that wait for the lead.

    One item for each organisation whose turn it is. With `Accept: text/csv` a table.
    """
    asked = _asked(door, id, undecided_work.OPERATIONS, as_at, None, mode)
    return await _told(
        request, undecided_work.undecided_work, undecided_work.OPERATIONS, asked, "outstanding-decisions"
    )


@router.get(
    "/findings",
    operation_id="getFindings",
    response_model=WorkViewOut,
    responses={**problems(404), 200: AS_CSV},
    summary="See what is not right in a partnership",
)
async def findings(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    as_at: AsAt = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """The contracts' findings, commitments to contracts that do not run, and returns owed for contracts that ended.

    Each says what to do. With `Accept: text/csv` a table.
    """
    asked = _asked(door, id, unfitting_work.OPERATIONS, as_at, None, mode)
    return await _told(request, unfitting_work.unfitting_work, unfitting_work.OPERATIONS, asked, "findings")


def _asked(
    door: Door,
    place: UUID,
    operations: Mapping[str, str],
    as_at: date | None,
    until: date | None,
    mode: ViewMode,
) -> WorkAsked:
    """The question, as far as it is open to the caller: a member of the partnership, each list by its policy row."""
    now = datetime.now(UTC)
    if not door.caller.holds(place, *Role):
        raise NOT_FOUND()
    day = as_at or today_in_england(now)
    last = until or day + A_QUARTER
    if last < day:
        raise UNTIL_BEFORE("?until", as_at=day)
    sight = sight_of(door.caller, place, financial_year_of(day))
    closed = {each: because for each in operations if (because := sight.closed(_ROWS[each])) is not None}
    for each in operations:
        if each not in closed:
            decide(_ROWS[each], door.caller)
    return WorkAsked(place, day, last, mode, now, closed)


async def _told(
    request: Request, view: View, operations: Mapping[str, str], asked: WorkAsked, name: str
) -> Response:
    made = await view(readers_for(request, operations.values()), asked)
    if wants_csv(request):
        return shown_as_csv(request, rows_of(made.items, made.complete), name)
    return shown(request, made, _VARIES)
