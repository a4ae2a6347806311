"""Indicators: define one with its places in frameworks, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.create_indicator import create_indicator
from services.outcomes.api.dimension_fields import FigureDimensionsIn, FigureDimensionsOut
from services.outcomes.api.figure_fields import Figure, FigureFromZero, IndicatorCode, Label
from services.outcomes.rules.indicator import Axis, Frequency, Indicator, Placing, Polarity, ValueType
from services.outcomes.store import indicators
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import FRAMEWORK, PARTNERSHIP, example
from shared.web.fields import Body, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/indicators", tags=["indicators"])


class PlacingIn(Body):
    """Where the indicator stands in a framework. A polarity given here holds there instead of the indicator's own."""

    framework_id: UUID
    code: IndicatorCode = Field(examples=["2C(1)"])
    polarity: Polarity | None = None
    domain: IndicatorCode | None = Field(default=None, description="The code of a domain of the framework.")


class IndicatorIn(Body):
    """An indicator with everything that is needed to read its figures."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        code="delayed-transfers",
        title="Delayed transfers of care",
        definition="Delayed transfers of care from hospital per 100,000 people of 18 and over, monthly average.",
        numerator="People delayed on the last Thursday of the month",
        denominator="Residents of 18 and over",
        unit="per 100,000",
        value_type="rate",
        multiplier="100000",
        polarity="low_is_good",
        frequency="quarterly",
        source="NHS England",
        counts_people=True,
        warn_above_change_percent="25",
        frameworks=[{"framework_id": FRAMEWORK, "code": "2C(1)"}],
    )

    partnership_id: UUID
    code: IndicatorCode = Field(examples=["delayed-transfers"])
    title: Label = Field(examples=["Delayed transfers of care"])
    definition: Paragraph
    numerator: Paragraph | None = Field(default=None, description="What is counted above the line, in words.")
    denominator: Paragraph | None = Field(
        default=None, description="What is counted below the line, in words."
    )
    unit: Label | None = Field(default=None, description="Null where the source states none.")
    value_type: ValueType = Field(examples=["rate"])
    multiplier: Figure | None = Field(default=None, examples=["100000"])
    scale_low: Figure | None = None
    scale_high: Figure | None = Field(default=None, examples=["24"])
    polarity: Polarity = Field(examples=["low_is_good"])
    frequency: Frequency = Field(examples=["quarterly"])
    source: Label | None = None
    instrument: Label | None = Field(default=None, description="The survey, for a survey score.")
    instrument_version: Label | None = None
    part_of_indicator_id: UUID | None = None
    counts_people: bool = Field(
        default=False,
        description="Small counts are then not shown to observers, nor a percentage, rate, ratio or mean that comes "
        "without its numerator and denominator.",
    )
    warn_above_change_percent: FigureFromZero | None = Field(
        default=None,
        description="A larger change from the last accepted value needs an explanation. Any change from 0 does.",
    )
    frameworks: list[PlacingIn] = Field(default_factory=list, max_length=20)
    rationale: Paragraph | None = Field(default=None, description="Why it is measured.")
    caveats: Paragraph | None = Field(default=None, description="What its figures do not say.")
    axis: Axis = Field(default=Axis.OUTCOME, description="What it tells of a service.")
    breakdown_of_indicator_id: UUID | None = Field(
        default=None, description="The indicator of which this is one category of a dimension."
    )
    dimensions: FigureDimensionsIn = Field(default_factory=FigureDimensionsIn)

    def to_indicator(self, indicator_id: UUID, owner: UUID) -> Indicator:
        placings = tuple(Placing(**dict(each)) for each in self.frameworks)
        return Indicator(
            id=indicator_id,
            owner_organisation_id=owner,
            **{**dict(self), "frameworks": placings, "dimensions": self.dimensions.to_dimensions()},
        )


class PlacingOut(Out):
    """Where an indicator stands in a framework."""

    framework_id: UUID
    code: str = Field(examples=["2C(1)"])
    polarity: Polarity | None
    domain: str | None = Field(examples=["1"])


class IndicatorOut(Out):
    """An indicator."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    title: str = Field(examples=["Delayed transfers of care"])
    definition: str = Field(examples=["Delayed transfers of care per 100,000 people of 18 and over."])
    numerator: str | None = Field(examples=["People delayed on the last Thursday of the month"])
    denominator: str | None = Field(examples=["Residents of 18 and over"])
    unit: str | None = Field(examples=["per 100,000"])
    value_type: ValueType
    multiplier: Figure | None
    scale_low: Figure | None
    scale_high: Figure | None
    polarity: Polarity
    frequency: Frequency
    source: str | None = Field(examples=["NHS England"])
    instrument: str | None = Field(examples=["Adult Social Care Survey"])
    instrument_version: str | None = Field(examples=["2013-14"])
    part_of_indicator_id: UUID | None
    counts_people: bool
    warn_above_change_percent: Figure | None
    frameworks: list[PlacingOut]
    rationale: str | None = Field(examples=["A long stay harms older people."])
    caveats: str | None = Field(examples=["Counted on one night of the month."])
    axis: Axis
    breakdown_of_indicator_id: UUID | None
    dimensions: FigureDimensionsOut
    recorded_at: datetime
    version: int
    reason: str | None = Field(
        description="Why it is worded as it is now; null while it has its first wording.",
        examples=["The definition named another month."],
    )
    updated_at: datetime


class IndicatorsOut(Out):
    """A page of indicators."""

    items: list[IndicatorOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createIndicator",
    status_code=201,
    response_model=IndicatorOut,
    responses=problems(409, 413, 415),
    summary="Define an indicator",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: IndicatorIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("createIndicator")],
) -> Response:
    """Defines what is measured, for good: another unit, scale or frequency is another indicator. Its words can be amended."""
    asked = body.to_indicator(id, door.caller.organisation_id)
    kept = await create_indicator(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/indicators/{id}")


@router.get(
    "/{id}",
    operation_id="getIndicator",
    response_model=IndicatorOut,
    responses=problems(404),
    summary="Read an indicator",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """An indicator, as it is worded now."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await indicators.get(tx, id))


@router.get(
    "",
    operation_id="listIndicators",
    response_model=IndicatorsOut,
    responses=problems(),
    summary="List the indicators of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    framework_id: Annotated[
        UUID | None, Query(description="Only those that stand in this framework.")
    ] = None,
) -> Response:
    """The indicators that you may see, in the order in which they were recorded or last amended."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await indicators.page(tx, partnership_id, framework_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.updated_at, each.id)))
