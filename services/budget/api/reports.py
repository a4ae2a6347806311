"""Reports: JSON with pence for machines, and with `Accept: text/csv` a table in pounds for people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from services.budget.api import better_care_rows, section_75_rows, whole_place_rows
from services.budget.api.audit_export_bodies import AuditExportOut, as_json, as_rows
from services.budget.api.better_care_bodies import BetterCareReturnOut
from services.budget.api.report_bodies import Asked, Section75ReportOut
from services.budget.api.whole_place_bodies import AskedPlace, WholePlaceOut
from services.budget.api.years import YearQuery, year_of
from services.budget.rules.position import ask
from services.budget.rules.report_period import ReportAsked
from services.budget.rules.whole_place import whole_place
from services.budget.store import audit_exports, better_care_returns, positions, section_75_reports
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, streamed_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.fields import Day, Instant
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/reports", tags=["reports"])
_VARIES = {"Vary": "Accept"}


@router.get(
    "/section-75",
    operation_id="getSection75Report",
    response_model=Section75ReportOut,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="Read the pool manager's report",
)
async def section_75(request: Request, door: Annotated[Door, may("budget:read")], asked: Asked) -> Response:
    """By pool, for a quarter or the year: contributions due and received, budget, actual, committed, forecast, variance.

    The report of SI 2000/617, regulations 7(5) and 9(4). Activity is what partners recorded in report statements;
    nothing is written for who said nothing. With `Accept: text/csv` a table in pounds.
    """
    async with door.db.begin(door.caller, snapshot=asked.as_recorded is None) as tx:
        report = await section_75_reports.read(tx, asked)
    if wants_csv(request):
        return shown_as_csv(request, section_75_rows.rows(report), _name("section-75", asked))
    return shown(request, report, _VARIES)


@router.get(
    "/better-care-fund",
    operation_id="getBetterCareReturn",
    response_model=BetterCareReturnOut,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="Read a Better Care Fund return",
)
async def better_care_fund(
    request: Request, door: Annotated[Door, may("budget:read")], asked: Asked
) -> Response:
    """Spend to date against plan by scheme and source, the minimums, national conditions and sign-offs, with a checker.

    Schemes are lines of pools paid from `bcf`, `ibcf` or `dfg`, or tagged `bcf`. Conditions and the due date are the
    recorded report requirement's, answers and sign-offs are report statements. With `Accept: text/csv` a table in pounds.
    """
    async with door.db.begin(door.caller, snapshot=asked.as_recorded is None) as tx:
        made = await better_care_returns.read(tx, asked)
    if wants_csv(request):
        return shown_as_csv(request, better_care_rows.rows(made), _name("better-care-fund", asked))
    return shown(request, made, _VARIES)


@router.get(
    "/whole-place",
    operation_id="getWholePlace",
    response_model=WholePlaceOut,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="Read the whole place over years",
)
async def place(request: Request, door: Annotated[Door, may("budget:read")], asked: AskedPlace) -> Response:
    """Pooled, aligned and shadow money of a place as if pooled, by category and partner, and the balance of spend.

    Your own detail is in full; another partner's aligned money comes as totals by category. Observers see totals only.
    With `Accept: text/csv` a table in pounds.
    """
    async with door.db.begin(door.caller, snapshot=asked[0].as_recorded is None) as tx:
        found = whole_place([await positions.read(tx, each) for each in asked])
    if wants_csv(request):
        return shown_as_csv(request, whole_place_rows.rows(found), "whole-place")
    return shown(request, found, _VARIES)


@router.get(
    "/audit-export",
    operation_id="getAuditExport",
    response_model=AuditExportOut,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="Export a year for inspection",
)
async def audit_export(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery,
    as_at: Annotated[Day | None, Query(description="Effective or decided up to this day.")] = None,
    as_recorded: Annotated[
        Instant | None, Query(description="As it was on record at this instant; else what is settled now.")
    ] = None,
) -> Response:
    """Every entry and decision of the year that you may see, and your own organisation's audit trail, as a stream.

    An auditor sees its named bodies and years. Whose records are left out is named. With `Accept: text/csv` a table in
    pounds, whose last row counts the others: a file without it was cut off.
    """
    asked = ask(partnership_id, None, year_of(financial_year), as_at, as_recorded)
    async with door.db.begin(door.caller, snapshot=as_recorded is None) as tx:
        export = await audit_exports.begin(tx, asked)
    batches = audit_exports.records(door.db, export)
    if wants_csv(request):
        return streamed_as_csv(as_rows(batches), f"audit-export-{financial_year}")
    return StreamingResponse(as_json(export.head, batches), 200, _VARIES, "application/json")


def _name(report: str, asked: ReportAsked) -> str:
    quarter = "" if asked.quarter is None else f"-q{asked.quarter}"
    return f"{report}-{asked.financial_year.replace('/', '-')}{quarter}"
