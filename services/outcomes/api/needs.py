"""Needs: record one with the indicators that answer it, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.record_need import record_need
from services.outcomes.api.figure_fields import Figure, FigureFromZero, IndicatorCode, Label
from services.outcomes.rules.indicator import ValueType
from services.outcomes.rules.need import Need
from services.outcomes.store import needs
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import INDICATOR, PARTNERSHIP, example
from shared.web.fields import Body, Code, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/needs", tags=["needs"])

_TITLE = "Children in poverty"


class JsnaNeedIn(Body):
    """A need as the needs assessment states it. A figure keeps its kind: a count of people is no rate."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        reference="JSNA-2014-07",
        title=_TITLE,
        description="About 10,200 children in the city live in poverty.",
        source="Joint strategic needs assessment 2014",
        area_code="E06000026",
        value_type="count",
        value="10200",
        qualifier="approximately",
        indicator_ids=[INDICATOR],
    )

    partnership_id: UUID
    reference: IndicatorCode = Field(examples=["JSNA-2014-07"])
    title: Label = Field(examples=[_TITLE])
    description: Paragraph
    source: Label
    area_code: Code | None = None
    value_type: ValueType | None = None
    value: FigureFromZero | None = None
    qualifier: Qualifier | None = None
    indicator_ids: list[UUID] = Field(default_factory=list, max_length=100)

    def to_need(self, need_id: UUID, owner: UUID) -> Need:
        fields = {name: value for name, value in dict(self).items() if name != "indicator_ids"}
        return Need(id=need_id, owner_organisation_id=owner, **fields)


class JsnaNeedIndicatorOut(Out):
    """An indicator that answers the need, and the contracts under which it is reported."""

    indicator_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    contract_ids: list[UUID]


class JsnaNeedOut(Out):
    """A need with its source and what answers it."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str = Field(examples=["JSNA-2014-07"])
    title: str = Field(examples=[_TITLE])
    description: str = Field(examples=["About 10,200 children in the city live in poverty."])
    source: str = Field(examples=["Joint strategic needs assessment 2014"])
    area_code: str | None = Field(examples=["E06000026"])
    value_type: ValueType | None
    value: Figure | None
    qualifier: Qualifier | None
    indicators: list[JsnaNeedIndicatorOut]
    recorded_at: datetime


class JsnaNeedsOut(Out):
    """A page of needs."""

    items: list[JsnaNeedOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordNeed",
    status_code=201,
    response_model=JsnaNeedOut,
    responses=problems(409, 413, 415),
    summary="Record a need",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: JsnaNeedIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("recordNeed")],
) -> Response:
    """Records a need and which indicators answer it. The contracts that report them are found by themselves."""
    asked = body.to_need(id, door.caller.organisation_id)
    kept = await record_need(door.db, door.caller, sent, asked, body.indicator_ids)
    return answer(kept, f"/v1/needs/{id}")


@router.get(
    "/{id}",
    operation_id="getNeed",
    response_model=JsnaNeedOut,
    responses=problems(404),
    summary="Read a need",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A need, with the indicators that answer it and the contracts that report those now."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await needs.get(tx, id))


@router.get(
    "",
    operation_id="listNeeds",
    response_model=JsnaNeedsOut,
    responses=problems(),
    summary="List the needs of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    indicator_id: Annotated[UUID | None, Query(description="Only those that it answers.")] = None,
) -> Response:
    """The needs that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await needs.page(tx, partnership_id, indicator_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
