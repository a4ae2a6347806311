"""Reporting rates: completeness and timeliness by provider and period."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.outcomes.api.figure_fields import Figure, PeriodOut, YearOut, YearQuery, label_of
from services.outcomes.store import reporting_rates
from shared.page import Page, page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/reporting-rates", tags=["completeness"])


class ReportingRateOut(Out):
    """How many returns were due, have come, in time, and were accepted. Rates are of what was expected."""

    provider_organisation_id: UUID
    period: PeriodOut
    financial_year: YearOut
    expected: int
    received: int
    on_time: int
    accepted: int
    completeness_percent: Figure | None
    timeliness_percent: Figure | None


class ReportingRatesOut(Out):
    """A page of rates, the earliest period first."""

    items: list[ReportingRateOut]
    next: str | None


@router.get(
    "",
    operation_id="listReportingRates",
    response_model=ReportingRatesOut,
    responses=problems(),
    summary="See how completely and how timely providers report",
)
async def every(
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    as_at: Annotated[Day | None, Query(description="Today in England by default.")] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    provider_organisation_id: Annotated[UUID | None, Query()] = None,
    financial_year: YearQuery | None = None,
) -> Response:
    """Of returns whose due day has passed. One that was sent back counts as not received until it comes again.

    One that was reopened counts as received: what was accepted of it holds.
    """
    after = read_cursor(pages.cursor, date, UUID, str)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await reporting_rates.page(
            tx,
            pages.limit,
            after,
            as_at or today_in_england(),
            partnership_id=partnership_id,
            contract_id=contract_id,
            provider_organisation_id=provider_organisation_id,
            financial_year=label_of(financial_year),
        )
    page = page_of(
        rows, pages.limit, lambda each: (each[0], each[1].provider_organisation_id, each[1].period)
    )
    return listed(request, Page(tuple(rate for _, rate in page.items), page.next_cursor))
