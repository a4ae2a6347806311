"""Due dates: what falls due on contracts, by when, and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.renderings.due_date_calendar import Event, calendar_of
from services.contracts.rules.due_date import DueDate, DueKind
from services.contracts.store import due_dates, modification_notices
from shared.errors import Kind, reason
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, Pages, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/due-dates", tags=["due-dates"])

A_YEAR = timedelta(days=366)
MOST_AT_ONCE = 5000
CALENDAR = "text/calendar"
TOO_MANY = reason(
    "due_dates_too_many",
    Kind.INVALID,
    "These are more dates than a table or calendar holds. Ask for a shorter time, one kind or one partnership.",
)
_FORMS = {"content": {**AS_CSV["content"], CALENDAR: {"schema": {"type": "string"}}}}
_SAID = {
    DueKind.LAST_DAY_TO_SERVE_NOTICE: "Last day to serve notice",
    DueKind.REVIEW: "Review",
    DueKind.EXTENSION_DECISION: "Decide on the extension",
    DueKind.RECOMMISSION_BY: "New procurement due",
    DueKind.ENDS: "Contract ends",
    DueKind.CONTRACT_AWARD_NOTICE: "Publish the contract award notice",
    DueKind.CONTRACT_DETAILS_NOTICE: "Publish the contract details notice",
    DueKind.CONTRACT_COPY: "Publish a copy of the contract",
    DueKind.CONTRACT_TERMINATION_NOTICE: "Publish the contract termination notice",
    DueKind.PCR_AWARD_NOTICE: "Publish the contract award notice",
    DueKind.PSR_AWARD_NOTICE: "Publish the notice of the award",
    DueKind.CONTRACT_CHANGE_NOTICE: "Publish the contract change notice",
    DueKind.PCR_MODIFICATION_NOTICE: "Publish the modification notice",
    DueKind.PSR_MODIFICATION_NOTICE: "Publish the notice of the modification",
}
_HEADINGS = (
    "on",
    "kind",
    "overdue",
    "reference",
    "title",
    "because",
    "contract_id",
    "owner_organisation_id",
    "variation_id",
)


class DueDateOut(Out):
    """One thing that is due on a contract."""

    kind: DueKind
    on: Day
    because: str = Field(examples=["The contract ends on 31 March 2016 and needs 6 months of notice."])
    overdue: bool
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str = Field(examples=["PCC-0142"])
    title: str = Field(examples=["Community health services"])
    variation_id: UUID | None = Field(description="Of a notice of a modification: the variation.")


class DueDatesOut(Out):
    """A page of due dates."""

    items: list[DueDateOut]
    next: str | None


@router.get(
    "",
    operation_id="listDueDates",
    response_model=DueDatesOut,
    responses={**problems(), 200: _FORMS},
    summary="List what falls due on contracts",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    partnership_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[DueKind | None, Query()] = None,
    since: Annotated[Day | None, Query(description="Left out: also what is long overdue.")] = None,
    until: Annotated[Day | None, Query(description="Left out: a year from as_at.")] = None,
    as_at: Annotated[
        Day | None, Query(description="The day from which overdue is told; left out: today.")
    ] = None,
) -> Response:
    """Last days to serve notice, reviews, extension decisions, new procurements, ends and notices to publish, by days.

    With `Accept: text/csv` or `text/calendar` all of them at once, as a table or as a calendar to subscribe to.
    """
    today = as_at or today_in_england()
    days = (since or date.min, until or today + A_YEAR, today)
    calendar = CALENDAR in request.headers.get("accept", "")
    whole = calendar or wants_csv(request)
    after = None if whole else read_cursor(pages.cursor, date, UUID, str)
    limit = MOST_AT_ONCE if whole else pages.limit
    async with door.db.begin(door.caller, planned_once=True) as tx:
        asked = (partnership_id, kind)
        rows = await due_dates.page(tx, asked, days, limit, after)
        rows += await modification_notices.page(tx, asked, days, limit, after)
    rows = sorted(rows, key=_place)[: limit + 1]
    if not whole:
        return listed(request, page_of(rows, limit, _place))
    if len(rows) > limit:
        raise TOO_MANY(most=limit)
    if calendar:
        headers = {"Vary": "Accept", "Content-Disposition": 'attachment; filename="due-dates.ics"'}
        return Response(calendar_of(map(_event, rows), today), 200, headers, CALENDAR)
    return shown_as_csv(request, [_HEADINGS, *map(_row, rows)], "due-dates")


def _place(due: DueDate) -> tuple[date, UUID, str]:
    """Where it stands in the list: by day, then by the thing that it is due on."""
    return due.on, due.variation_id or due.contract_id, due.kind.value


def _row(due: DueDate) -> tuple[str | int | date, ...]:
    owner = str(due.owner_organisation_id)
    variation = str(due.variation_id or "")
    named = (due.reference, due.title, due.because, str(due.contract_id), owner, variation)
    return due.on, due.kind.value, due.overdue, *named


def _event(due: DueDate) -> Event:
    named = f"{_SAID[due.kind]}: {due.reference} {due.title}"
    return Event(f"{due.variation_id or due.contract_id}-{due.kind.value}", due.on, named, due.because)
