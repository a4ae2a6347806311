"""Observations: accepted values, disclosure-controlled, for those who see no returns as well."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.outcomes.api.figure_fields import Figure, PeriodId, PeriodOut, YearOut
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.store import observations
from shared.page import page_of, read_cursor
from shared.web.answers import listed, shown
from shared.web.doors import Door, Pages, may
from shared.web.fields import Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/observations", tags=["observations"])


class ObservationOut(Out):
    """An accepted value. A small count of people, and what rests on one, is `suppressed`."""

    id: UUID
    partnership_id: UUID
    contract_id: UUID
    obligation_id: UUID
    indicator_id: UUID
    provider_organisation_id: UUID
    period: PeriodOut
    financial_year: YearOut
    revision: int
    value: Figure | None
    status: MeasureStatus
    recorded_at: datetime


class ObservationsOut(Out):
    """A page of accepted values."""

    items: list[ObservationOut]
    next: str | None


@router.get(
    "/{id}",
    operation_id="getObservation",
    response_model=ObservationOut,
    responses=problems(404),
    summary="Read an accepted value",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """One accepted value, as it may be shown."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await observations.get(tx, id))


@router.get(
    "",
    operation_id="listObservations",
    response_model=ObservationsOut,
    responses=problems(),
    summary="List accepted values",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    indicator_id: Annotated[UUID | None, Query()] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    period: Annotated[PeriodId | None, Query()] = None,
) -> Response:
    """The accepted values that you may see, in the order of acceptance. Of one period the highest revision holds."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await observations.page(
            tx,
            pages.limit,
            after,
            within,
            partnership_id=partnership_id,
            indicator_id=indicator_id,
            contract_id=contract_id,
            period=period,
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
