"""Rate benchmarks: published once by a commissioner, read by commissioners, observers and auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.publish_benchmark import AskedBenchmark, publish_benchmark
from services.contracts.rules.placement import RateUnit
from services.contracts.store import rate_benchmarks
from shared.calendar import PERIOD_UNREADABLE, read_period
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.text import fold_key
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Body, Day, Line, Out, Title
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/rate-benchmarks", tags=["rates"])


class RateBenchmarkIn(Body):
    """Which table to publish. It is published once, for a period that is over."""

    partnership_id: UUID
    service: Title = Field(examples=["Residential care, older people"])
    unit: RateUnit = Field(examples=["week"])
    period: str = Field(
        max_length=20, examples=["2014April"], description="A month, quarter, half year or year."
    )


class RateBenchmarkOut(Out):
    """What like care costs across commissioners. Rates are pounds for one unit."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID = Field(description="Who published it.")
    service: str = Field(examples=["Residential care, older people"])
    unit: RateUnit
    period: str = Field(examples=["2014April"])
    first_day: Day
    last_day: Day
    placements: int
    providers: int
    lowest: str = Field(examples=["612.00"])
    lower_quartile: str = Field(examples=["655.50"])
    median: str = Field(examples=["700.00"])
    upper_quartile: str = Field(examples=["812.50"])
    highest: str = Field(examples=["1450.00"])
    outliers_below: int = Field(description="Rates more than 1.5 times the middle half's range below it.")
    outliers_above: int = Field(description="Rates more than 1.5 times the middle half's range above it.")
    inconsistent_provider_ids: list[UUID] = Field(
        description="Who is paid more than one rate for the same service and unit."
    )
    recorded_at: datetime


class RateBenchmarksOut(Out):
    """A page of benchmarks."""

    items: list[RateBenchmarkOut]
    next: str | None


@router.post(
    "",
    operation_id="publishRateBenchmark",
    status_code=201,
    response_model=RateBenchmarkOut,
    responses=problems(409, 413, 415),
    summary="Publish a rate benchmark",
)
async def post(
    body: RateBenchmarkIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("publishRateBenchmark")],
) -> Response:
    """Publishes the table of a service, unit and period over all commissioners of the partnership.

    It needs at least 5 placements of at least 3 providers with none over half, at least 3 without those of any one
    commissioner, and may not differ by fewer from a table published before.
    """
    try:
        period = read_period(body.period)
    except Refusal:
        raise PERIOD_UNREADABLE("/period") from None
    asked = AskedBenchmark(body.partnership_id, body.service, body.unit, period, today_in_england())
    return answer(await publish_benchmark(door.db, door.caller, sent, asked))


@router.get(
    "/{id}",
    operation_id="getRateBenchmark",
    response_model=RateBenchmarkOut,
    responses=problems(404),
    summary="Read a rate benchmark",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """A table of a partnership in which your organisation commissions, observes or audits, and provides nothing."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await rate_benchmarks.get(tx, id))


@router.get(
    "",
    operation_id="listRateBenchmarks",
    response_model=RateBenchmarksOut,
    responses=problems(),
    summary="List rate benchmarks",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    service: Annotated[Line | None, Query()] = None,
    unit: Annotated[RateUnit | None, Query()] = None,
) -> Response:
    """Published tables, in the order in which they were published."""
    asked: dict[str, Any] = {
        "partnership_id": partnership_id,
        "service": None if service is None else fold_key(service),
        "unit": unit,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await rate_benchmarks.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
