"""Report requirements: when a report is due, and which conditions it answers, as guidance or an agreement says."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.lay_down_report_requirement import lay_down_report_requirement
from services.budget.api.agreement_bodies import Tag
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.report_period import Report
from services.budget.rules.report_requirement import AskedCondition, ReportRequirement
from services.budget.store import report_requirements
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, FinancialYearField, Out, Paragraph, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/report-requirements", tags=["reports"])
_QUARTER = "1 to 4, counted from April; left out for the year's report."


class AskedConditionIn(Body):
    """A condition that the report answers, in the words of the guidance."""

    code: Tag = Field(examples=["jointly_agreed_plan"])
    text: Paragraph = Field(examples=["Plans are jointly agreed."])


class ReportRequirementIn(Body):
    """What is asked of one report of a year or quarter, and where that is laid down."""

    partnership_id: UUID
    report: Report = Field(examples=["better_care_fund"])
    financial_year: FinancialYearField
    quarter: int | None = Field(default=None, ge=1, le=4, description=_QUARTER, examples=[2])
    due_on: Day = Field(examples=["2015-11-27"])
    conditions: list[AskedConditionIn] = Field(default_factory=list, max_length=50)
    source: Title = Field(examples=["Better Care Fund operationalisation guidance, annex"])


class AskedConditionOut(Out):
    """A condition that the report answers."""

    code: str = Field(examples=["jointly_agreed_plan"])
    text: str


class ReportRequirementOut(Out):
    """What is asked of one report. The last recorded for a year or quarter counts."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    report: Report
    financial_year: str = Field(examples=["2015/16"])
    quarter: int | None
    due_on: Day
    conditions: list[AskedConditionOut]
    source: str
    version: int


class ReportRequirementsOut(Out):
    """A page of report requirements, former ones too."""

    items: list[ReportRequirementOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="layDownReportRequirement",
    status_code=201,
    response_model=ReportRequirementOut,
    responses=problems(409, 413, 415),
    summary="Lay down what is asked of a report",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ReportRequirementIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("layDownReportRequirement")],
) -> Response:
    """Due dates and conditions change from year to year, so they are recorded and not built in."""
    asked = ReportRequirement(
        id=id,
        partnership_id=body.partnership_id,
        owner_organisation_id=door.caller.organisation_id,
        report=body.report,
        financial_year=body.financial_year.label,
        quarter=body.quarter,
        due_on=body.due_on,
        conditions=tuple(AskedCondition(each.code, each.text) for each in body.conditions),
        source=body.source,
    )
    kept = await lay_down_report_requirement(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/report-requirements/{id}")


@router.get(
    "/{id}",
    operation_id="getReportRequirement",
    response_model=ReportRequirementOut,
    responses=problems(404),
    summary="Read what is asked of a report",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One requirement as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await report_requirements.get(tx, id))


@router.get(
    "",
    operation_id="listReportRequirements",
    response_model=ReportRequirementsOut,
    responses=problems(),
    summary="List what is asked of a partnership's reports",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
) -> Response:
    """The requirements by year, former ones too."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await report_requirements.page(tx, partnership_id, year, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
