"""Reports: JSON with pence for machines, and with `Accept: text/csv` a table in pounds for people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.budget.api.better_care_bodies import BetterCareReturnOut
from services.budget.api.report_bodies import Asked, Section75ReportOut
from services.budget.api.whole_place_bodies import AskedPlace, WholePlaceOut
from services.budget.renderings import better_care_csv, section_75_csv, whole_place_csv
from services.budget.rules.report_period import ReportAsked
from services.budget.rules.whole_place import whole_place
from services.budget.store import better_care_returns, positions, section_75_reports
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
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
async def section_75(
    request: Request, door: Annotated[Door, may("budget:read")], asked: Asked
) -> Response:
    """By pool, for a quarter or the year: contributions due and received, budget, actual, committed, forecast, variance.

    The report of SI 2000/617, regulations 7(5) and 9(4). Activity is what partners recorded in report statements;
    nothing is written for who said nothing. With `Accept: text/csv` a table in pounds.
    """
    async with door.db.begin(door.caller, snapshot=asked.as_recorded is None) as tx:
        report = await section_75_reports.read(tx, asked)
    if wants_csv(request):
        return shown_as_csv(request, section_75_csv.rows(report), _name("section-75", asked))
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
        return shown_as_csv(request, better_care_csv.rows(made), _name("better-care-fund", asked))
    return shown(request, made, _VARIES)


@router.get(
    "/whole-place",
    operation_id="getWholePlace",
    response_model=WholePlaceOut,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="Read the whole place over years",
)
async def place(
    request: Request, door: Annotated[Door, may("budget:read")], asked: AskedPlace
) -> Response:
    """Pooled, aligned and shadow money of a place as if pooled, by category and partner, and the balance of spend.

    Your own detail is in full; another partner's aligned money comes as totals by category. Observers see totals only.
    With `Accept: text/csv` a table in pounds.
    """
    async with door.db.begin(door.caller, snapshot=asked[0].as_recorded is None) as tx:
        found = whole_place([await positions.read(tx, each) for each in asked])
    if wants_csv(request):
        return shown_as_csv(request, whole_place_csv.rows(found), "whole-place")
    return shown(request, found, _VARIES)


def _name(report: str, asked: ReportAsked) -> str:
    quarter = "" if asked.quarter is None else f"-q{asked.quarter}"
    return f"{report}-{asked.financial_year.replace('/', '-')}{quarter}"
