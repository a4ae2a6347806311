"""Reports to the board that gives assurance: draw up, read, list."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.draw_up_assurance import draw_up_assurance
from services.gateway.api.paper_bodies import PaperFaultOut
from services.gateway.store.governance_registers import assurance_reports
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/assurance-reports", tags=["governance"])


class AssuranceReportIn(Body):
    """For which board, and under what title. The rest is what the registers hold today."""

    partnership_id: UUID
    board_id: UUID
    title: Title = Field(examples=["Assurance of the partnership, third quarter"])


class AssuredRiskOut(Out):
    """An open risk or issue."""

    risk_id: UUID
    reference: str = Field(examples=["R-07"])
    title: str = Field(examples=["Partners cannot share records in time"])
    current_score: int | None
    target_score: int | None
    above_target: bool | None
    stands_with_board_id: UUID
    overdue_actions: int


class AssuredPaperOut(Out):
    """A paper in which something is open."""

    paper_id: UUID
    title: str = Field(examples=["One Commissioning Organisation: framework"])
    edition: str = Field(examples=["1.0"])
    awaited_signatures: int
    review_due_on: Day | None
    review_days_late: int | None
    faults: list[PaperFaultOut]


class AssuredChartOut(Out):
    """A chart of responsibilities in which something is open."""

    chart_id: UUID
    title: str = Field(examples=["Who answers for the integration programme"])
    unread_marks: int
    unanswered: list[str] = Field(examples=[["Develop the Section 75 agreement"]])


class AssuranceContentOut(Out):
    """What is open. Not `complete` where a rating or a mark is unknown."""

    complete: bool
    open_risks: int
    unrated_risks: int
    risks_above_target: int
    overdue_actions: int
    risks: list[AssuredRiskOut]
    papers: list[AssuredPaperOut]
    charts: list[AssuredChartOut]


class AssuranceReportOut(Out):
    """A report as it stood on its day."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    board_id: UUID
    title: str
    as_at: Day
    content: AssuranceContentOut
    version: int


class AssuranceReportsOut(Out):
    """A page of reports."""

    items: list[AssuranceReportOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="drawUpAssuranceReport",
    status_code=201,
    response_model=AssuranceReportOut,
    responses=problems(409, 413, 415),
    summary="Draw up a report of assurance",
)
async def draw_up(
    id: UUID,  # noqa: A002 the name in the address
    body: AssuranceReportIn,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("drawUpAssuranceReport")],
) -> Response:
    """Open risks, what is overdue, papers and responsibilities in which something is open, as they stand today."""
    kept = await draw_up_assurance(
        door.db, door.caller, sent, id, body.partnership_id, body.board_id, body.title
    )
    return answer(kept, f"/v1/assurance-reports/{id}")


@router.get(
    "/{id}",
    operation_id="getAssuranceReport",
    response_model=AssuranceReportOut,
    responses=problems(404),
    summary="Read a report of assurance",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One report. It stays as it was drawn up."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await assurance_reports.get(tx, id))


@router.get(
    "",
    operation_id="listAssuranceReports",
    response_model=AssuranceReportsOut,
    responses=problems(),
    summary="List the reports of assurance of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    board_id: Annotated[UUID | None, Query(description="Only those of this board.")] = None,
) -> Response:
    """By the day as at which they were drawn up."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await assurance_reports.page(tx, partnership_id, pages.limit, after, within, board_id)
    return listed(request, page_of(rows, pages.limit, assurance_reports.key))
