"""Baselines: set one, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.set_baseline import set_baseline
from services.outcomes.api.figure_fields import Figure, Label, PeriodId, PeriodOut
from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.store import baselines
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/baselines", tags=["baselines"])


class BaselineIn(Body):
    """Where an indicator stood. Without a contract it holds throughout the partnership."""

    model_config = example(
        indicator_id=INDICATOR, period="2012April", value="13.1", source="Business case, 2014"
    )

    indicator_id: UUID
    contract_id: UUID | None = None
    period: PeriodId = Field(examples=["2012April"])
    value: Figure | None = Field(examples=["13.1"])
    status: MeasureStatus = MeasureStatus.ACTUAL
    numerator: Figure | None = None
    denominator: Figure | None = None
    qualifier: Qualifier | None = None
    source: Label = Field(examples=["Business case, 2014"])

    def to_baseline(self, baseline_id: UUID, owner: UUID) -> Baseline:
        return Baseline(id=baseline_id, partnership_id=owner, owner_organisation_id=owner, **dict(self))


class BaselineOut(Out):
    """Where an indicator stood."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    contract_id: UUID | None
    period: PeriodOut
    value: Figure | None
    status: MeasureStatus
    numerator: Figure | None
    denominator: Figure | None
    qualifier: Qualifier | None
    source: str = Field(examples=["Business case, 2014"])
    recorded_at: datetime


class BaselinesOut(Out):
    """A page of baselines."""

    items: list[BaselineOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="setBaseline",
    status_code=201,
    response_model=BaselineOut,
    responses=problems(409, 413, 415),
    summary="Set a baseline",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: BaselineIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("setBaseline")],
) -> Response:
    """Sets the baseline of an indicator that your organisation keeps, once."""
    asked = body.to_baseline(id, door.caller.organisation_id)
    kept = await set_baseline(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/baselines/{id}")


@router.get(
    "/{id}",
    operation_id="getBaseline",
    response_model=BaselineOut,
    responses=problems(404),
    summary="Read a baseline",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A baseline, as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await baselines.get(tx, id))


@router.get(
    "",
    operation_id="listBaselines",
    response_model=BaselinesOut,
    responses=problems(),
    summary="List the baselines of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
) -> Response:
    """The baselines that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await baselines.page(tx, partnership_id, indicator_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
