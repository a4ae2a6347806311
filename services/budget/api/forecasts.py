"""Forecasts: make, read, and hold against what was spent."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from services.budget.actions.make_forecast import make_forecast
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.early_warning import Severity
from services.budget.rules.forecast import (
    MONTHS,
    Assumption,
    FactorDirection,
    ForecastAsked,
    ForecastBasis,
    against_actual,
)
from services.budget.rules.line import Arrangement
from services.budget.store import forecasts
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Measure, Out, Paragraph, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/forecasts", tags=["forecasts"])


class AssumptionIn(Body):
    """A percentage up (uplift) or down (deflator) from a month on, 1 for April to 12 for March, and its source."""

    direction: FactorDirection
    percent: Measure = Field(examples=["1"])
    from_month: int = Field(default=1, ge=1, le=MONTHS)
    source: Title = Field(examples=["CCG operational plan 2014/15"])


class ForecastIn(Body):
    """A line's year by month, before the assumptions are worked in; null where a month is not known yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01",
                    "line_id": "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02",
                    "made_on": "2014-09-30",
                    "basis": "inflation_plan",
                    "base_pence": [10000000] * MONTHS,
                    "assumptions": [
                        {
                            "direction": "deflator",
                            "percent": "1",
                            "from_month": 1,
                            "source": "CCG operational plan 2014/15",
                        }
                    ],
                    "next_meeting_on": "2014-10-15",
                }
            ]
        }
    )

    partnership_id: UUID
    line_id: UUID
    made_on: Day
    basis: ForecastBasis
    base_pence: list[Pence | None] = Field(min_length=MONTHS, max_length=MONTHS)
    assumptions: list[AssumptionIn] = Field(default_factory=list, max_length=20)
    next_meeting_on: Day | None = None
    note: Paragraph | None = None

    def to_asked(self, forecast_id: UUID) -> ForecastAsked:
        assumptions = tuple(Assumption(**dict(each)) for each in self.assumptions)
        plain = {**dict(self), "assumptions": assumptions, "base_pence": tuple(self.base_pence)}
        return ForecastAsked(id=forecast_id, **plain)


class AssumptionOut(Out):
    """An assumption of a forecast."""

    direction: FactorDirection
    percent: str
    from_month: int
    source: str


class WarningOut(Out):
    """That a forecast passed a threshold, and by how much it is above the budget."""

    severity: Severity
    threshold_id: UUID
    overspend_pence: int
    action_plan_due: bool


class ForecastOut(Out):
    """A line's forecast. `outturn_pence` null: a month is not known. `variance_pence`: adjusted budget less outturn."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    edition: int
    made_on: Day
    basis: ForecastBasis
    base_pence: list[int | None]
    months_pence: list[int | None]
    assumptions: list[AssumptionOut]
    outturn_pence: int | None
    budget_adjusted_pence: int | None
    variance_pence: int | None
    warning: WarningOut | None
    next_meeting_on: Day | None
    note: str | None
    version: int


class ForecastsOut(Out):
    """A page of forecasts."""

    items: list[ForecastOut]
    next: str | None


class ForecastMonthOut(Out):
    """One month: what was forecast, what was spent, and the difference where both are known."""

    month: int
    first_day: Day
    forecast_pence: int | None
    actual_pence: int | None
    variance_pence: int | None


class ForecastMonthsOut(Out):
    """The twelve months of a forecast."""

    items: list[ForecastMonthOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="makeForecast",
    status_code=201,
    response_model=ForecastOut,
    responses=problems(409, 413, 415),
    summary="Forecast a line's outturn",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ForecastIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("makeForecast")],
) -> Response:
    """For a line of your own, or as host for a pooled line. The last one made stands; earlier editions stay.

    `warning` says which threshold of the line's owner it passes, and whether an action plan is due.
    """
    return answer(await make_forecast(door.db, door.caller, sent, body.to_asked(id)), f"/v1/forecasts/{id}")


@router.get(
    "/{id}",
    operation_id="getForecast",
    response_model=ForecastOut,
    responses=problems(404),
    summary="Read a forecast",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One forecast as it was made."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await forecasts.get(tx, id))


@router.get(
    "/{id}/months",
    operation_id="getForecastMonths",
    response_model=ForecastMonthsOut,
    responses=problems(404),
    summary="Read a forecast against what was spent",
)
async def months(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """The year month by month: forecast, actual by effective date as it stands now, and the difference."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        forecast = await forecasts.get(tx, id)
        actual = await forecasts.actual_by_month(tx, forecast.line_id)
    return listed(request, Page(against_actual(forecast, actual), None))


@router.get(
    "",
    operation_id="listForecasts",
    response_model=ForecastsOut,
    responses=problems(),
    summary="List the forecasts of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    line_id: Annotated[UUID | None, Query(description="Only forecasts of this line.")] = None,
    action_plan_due: Annotated[
        bool, Query(description="Only those for which an action plan is due and not made.")
    ] = False,
) -> Response:
    """The forecasts that you may see, by the day on which they were made."""
    after = read_cursor(pages.cursor, date, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await forecasts.page(
            tx, partnership_id, year, line_id, action_plan_due, pages.limit, after, within
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.made_on, each.id)))
