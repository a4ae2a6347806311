"""Control charts: a series of accepted figures with its limits, as data ready to draw or drawn as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.outcomes.api.spc_chart_bodies import SpcChartOut
from services.outcomes.renderings.control_chart_svg import Dot, Drawing, draw
from services.outcomes.rules.chart_description import SIGNS, in_words
from services.outcomes.rules.control_chart import ChartQuestion, ControlChart
from services.outcomes.rules.sequence import chart_of
from services.outcomes.rules.spc import RuleSet
from services.outcomes.store import series
from services.outcomes.store.instants import require_settled
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Day, Instant
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/spc-charts", tags=["spc-charts"])

SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which chart is asked for."""

    indicator_id: UUID
    obligation_id: UUID | None
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    how: ChartQuestion


async def _asked(
    indicator_id: Annotated[UUID, Query()],
    obligation_id: Annotated[UUID | None, Query(description="Only what this obligation reports.")] = None,
    contract_id: Annotated[UUID | None, Query(description="Only what this contract reports.")] = None,
    provider_organisation_id: Annotated[UUID | None, Query(description="Only what it reports.")] = None,
    framework_id: Annotated[UUID | None, Query(description="Which way is good, as it says.")] = None,
    rule_set: Annotated[RuleSet, Query(description="The edition of the rules.")] = RuleSet.MDC_2023_12,
    as_at: Annotated[
        Day | None, Query(description="Periods ended by this day; today in England by default.")
    ] = None,
    as_recorded: Annotated[
        Instant | None,
        Query(
            description="As it was on record at this instant. The same question later has the same answer."
        ),
    ] = None,
) -> _Asked:
    how = ChartQuestion(rule_set, framework_id, as_at or today_in_england(), as_recorded)
    return _Asked(indicator_id, obligation_id, contract_id, provider_organisation_id, how)


@router.get(
    "",
    operation_id="getSpcChart",
    response_model=SpcChartOut,
    responses={**problems(404, 409), 200: {"content": {SVG: {"schema": {"type": "string"}}}}},
    summary="Read a control chart",
)
async def get(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    asked: Annotated[_Asked, Depends(_asked)],
) -> Response:
    """An XmR chart of accepted figures: points and gaps, limits, breaks, variation, and assurance of the target in force.

    With `Accept: image/svg+xml` the same chart comes drawn. Who sees published figures only gets the chart of those:
    a suppressed figure is a gap in it and takes no part in a limit.
    """
    instant = asked.how.as_recorded
    async with door.db.begin(door.caller, snapshot=instant is None) as tx:
        if instant is not None:
            await require_settled(tx, instant)
        found = await series.of_indicators(
            tx,
            [asked.indicator_id],
            asked.how.as_at,
            instant,
            obligation_id=asked.obligation_id,
            contract_id=asked.contract_id,
            provider_organisation_id=asked.provider_organisation_id,
        )
    if asked.indicator_id not in found:
        raise NOT_FOUND()
    chart = chart_of(found[asked.indicator_id], asked.how)
    if SVG in request.headers.get("accept", ""):
        return _drawn(request, chart)
    return shown(request, chart, {"Vary": "Accept"})


def _drawn(request: Request, chart: ControlChart) -> Response:
    body = draw(_drawing(chart)).encode()
    headers = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', "Vary": "Accept"}
    if headers["ETag"] in (request.headers.get("if-none-match") or ""):
        return Response(None, 304, headers)
    return Response(body, 200, headers, SVG)


def _drawing(chart: ControlChart) -> Drawing:
    days: list[date] = [each.on for each in chart.points]
    places = [(next((n for n, day in enumerate(days) if day >= each.on), 0), each) for each in chart.breaks]
    return Drawing(
        title=f"{chart.code}: {chart.title}",
        description=in_words(chart),
        unit=chart.unit,
        dots=tuple(
            Dot(
                each.period,
                each.value,
                "blank" if each.variation is None else SIGNS[each.variation],
                each.centre,
                each.lower,
                each.upper,
                each.stretch,
            )
            for each in chart.points
        ),
        target=None if chart.target is None else chart.target.value,
        marks=tuple((at, each.kind.value.replace("_", " ")) for at, each in places if at > 0),
    )
