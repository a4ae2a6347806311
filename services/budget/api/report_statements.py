"""Report statements: what a partner says in a report beside its figures."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.make_report_statement import make_report_statement
from services.budget.api.agreement_bodies import Tag
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.report_period import Report
from services.budget.rules.report_statement import Statement
from services.budget.store import report_statements
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, FinancialYearField, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/report-statements", tags=["reports"])
_SECTION = (
    "`activity` in a section 75 report; in a Better Care Fund return a condition's code, or `hwb_sign_off`,"
    " `chief_executive_sign_off`, `section_151_sign_off` with the decision that gave it."
)


class ReportStatementIn(Body):
    """One partner's words on one section of a report of a year or quarter."""

    partnership_id: UUID
    report: Report = Field(examples=["section_75"])
    financial_year: FinancialYearField
    quarter: int | None = Field(
        default=None, ge=1, le=4, description="1 to 4; left out for the year's.", examples=[2]
    )
    pool_id: UUID | None = Field(default=None, description="The pool that it is about, where it is one.")
    section: Tag = Field(description=_SECTION, examples=["activity"])
    met: bool | None = Field(default=None, description="Whether the condition is met.", examples=[None])
    text: Paragraph | None = Field(
        default=None, examples=["Reablement took 412 referrals, 38 more than planned."]
    )
    decision_id: UUID | None = Field(
        default=None, description="A decision of your own organisation.", examples=[None]
    )


class ReportStatementOut(Out):
    """What a partner said. The last of a partner on a section counts."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    report: Report
    financial_year: str = Field(examples=["2015/16"])
    quarter: int | None
    pool_id: UUID | None
    section: str
    met: bool | None
    text: str | None
    decision_id: UUID | None
    version: int


class ReportStatementsOut(Out):
    """A page of statements, former ones too."""

    items: list[ReportStatementOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="makeReportStatement",
    status_code=201,
    response_model=ReportStatementOut,
    responses=problems(409, 413, 415),
    summary="Say something in a report",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ReportStatementIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("makeReportStatement")],
) -> Response:
    """Activity, whether a condition is met, or a sign-off. Reports show it as it was said and add nothing."""
    values = {**body.model_dump(), "financial_year": body.financial_year.label}
    asked = Statement(id=id, owner_organisation_id=door.caller.organisation_id, **values)
    kept = await make_report_statement(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/report-statements/{id}")


@router.get(
    "/{id}",
    operation_id="getReportStatement",
    response_model=ReportStatementOut,
    responses=problems(404),
    summary="Read a statement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One statement as it was made."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await report_statements.get(tx, id))


@router.get(
    "",
    operation_id="listReportStatements",
    response_model=ReportStatementsOut,
    responses=problems(),
    summary="List what partners said in reports",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
) -> Response:
    """The statements by year, former ones too."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await report_statements.page(tx, partnership_id, year, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
