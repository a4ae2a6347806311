"""Breakdowns and roll-ups: an indicator along a dimension, and joined from place to system."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.outcomes.api.breakdown_bodies import AreaFigureOut, BreakdownOut
from services.outcomes.api.figure_fields import Label, PeriodId
from services.outcomes.rules.area import HIERARCHY_UNKNOWN, AreaHierarchy, present, within
from services.outcomes.rules.area_figure import AreaFigure
from services.outcomes.rules.breakdown import breakdown
from services.outcomes.rules.dimension import Dimension
from services.outcomes.rules.overlap import of_area
from services.outcomes.rules.population import Basis
from services.outcomes.rules.roll_up import Contribution, Weighting, roll_up, usual
from services.outcomes.store import area_hierarchies, breakdowns, indicators
from shared.calendar import Period, read_period
from shared.errors import Refusal
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Code, Day
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1", tags=["breakdowns"])

_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
_BEGINNING = date(1900, 1, 1)


@router.get(
    "/breakdowns",
    operation_id="getBreakdown",
    response_model=BreakdownOut,
    responses=problems(404),
    summary="Read an indicator along a dimension",
)
async def along(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    indicator_id: Annotated[UUID, Query()],
    dimension: Annotated[Dimension, Query()],
    first_day: Annotated[Day | None, Query(description="Periods that end from this day on.")] = None,
    as_at: Annotated[Day | None, Query(description="Periods ended by this day; today by default.")] = None,
) -> Response:
    """The figures of each category, how far they vary, and the gap between the ends, period by period.

    A category is that of a breakdown of the indicator, or of the returns in which it is reported (their place or site).
    In it a figure of everybody is never added to those of its parts; who tells these alone is missing.
    Observers see the figures as published.
    """
    async with door.db.begin(door.caller, snapshot=True) as tx:
        indicator = await indicators.get(tx, indicator_id)
        found = await breakdowns.contributions(
            tx, indicator, first_day or _BEGINNING, as_at or today_in_england(), _ALWAYS
        )
    parts = {
        period: [each for each in figures if each.dimensions.along(dimension) is not None]
        for period, figures in found.items()
    }
    return shown(
        request,
        breakdown(indicator, dimension, {period: each for period, each in parts.items() if each}),
    )


@router.get(
    "/roll-ups",
    operation_id="getRollUp",
    response_model=AreaFigureOut,
    responses=problems(404),
    summary="Read an indicator for an area, joined from what lies in it",
)
async def rolled(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    indicator_id: Annotated[UUID, Query()],
    hierarchy_id: Annotated[UUID, Query()],
    area_code: Annotated[Code, Query(description="A township, a council, a system.")],
    period: Annotated[PeriodId, Query()],
    weighting: Annotated[
        Weighting | None,
        Query(description="By default counts are added and the others weighed by their denominators."),
    ] = None,
    vintage: Annotated[Label | None, Query(description="Of the populations, for weighting by them.")] = None,
    basis: Annotated[Basis, Query()] = Basis.RESIDENT,
    age_band: Annotated[Label, Query()] = "all",
) -> Response:
    """What was reported for the area itself, and beside it what its parts come to, with the weighting said.

    Of an area and its parts the area counts, so that nobody is counted twice. Figures of an age band, a fifth of
    deprivation or a cohort are part of the others and never added to them; who tells these alone is missing. A figure
    under an older code counts for what the area became. What may not be shown, or not be weighed by what you may see,
    is withheld and named.
    """
    asked = _period(period)
    async with door.db.begin(door.caller, snapshot=True) as tx:
        indicator = await indicators.get(tx, indicator_id)
        hierarchy = await area_hierarchies.maybe(tx, hierarchy_id)
        if hierarchy is None or hierarchy.partnership_id != indicator.partnership_id:
            raise HIERARCHY_UNKNOWN("?hierarchy_id")
        inside = within(hierarchy, area_code)
        found = await breakdowns.contributions(tx, indicator, asked.last_day, asked.last_day, _ALWAYS)
        people = await breakdowns.people(
            tx, indicator.partnership_id, list(inside), basis, age_band, vintage or ""
        )
    own, below = of_area(indicator, _today(found.get(asked.id, []), hierarchy), inside, area_code)
    by = weighting or usual(indicator)
    return shown(
        request,
        AreaFigure(
            indicator_id=indicator.id,
            hierarchy_id=hierarchy.id,
            area_code=area_code,
            area_name=next(each.name for each in hierarchy.areas if each.code == area_code),
            period=asked.id,
            financial_year=asked.financial_year,
            financial_quarter=asked.financial_quarter,
            reported=roll_up(indicator, own, usual(indicator)) if own else None,
            rolled_up=roll_up(indicator, below, by, people) if below else None,
            areas=tuple(sorted({each.dimensions.place or "" for each in below})),
        ),
    )


def _period(text: str) -> Period:
    try:
        return read_period(text)
    except Refusal as refusal:
        raise refusal.reason("?period", **refusal.facts) from None


def _today(found: list[Contribution], hierarchy: AreaHierarchy) -> list[Contribution]:
    """Figures under the codes of this edition: of a split area, a share for each part."""
    made = []
    for each in found:
        place = each.dimensions.place
        for code, share in present(hierarchy, place) if place is not None else ():
            where = each.dimensions if code == place else replace(each.dimensions, area=code, sub_area=None)
            made.append(replace(each, dimensions=where, share=share))
    return made
