"""Comparators: record a series, add figures to it, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.add_comparator_values import add_comparator_values
from services.outcomes.actions.create_comparator import create_comparator
from services.outcomes.api.figure_fields import Figure, Label, PeriodId, PeriodOut
from services.outcomes.rules.comparator import Comparator, ComparatorKind, ComparatorValue
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.store import comparators
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, post_once, put_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Code, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/comparators", tags=["comparators"])

MOST_VALUES = 500


class ComparatorValueIn(Body):
    """The series' figure for one period."""

    period: PeriodId = Field(examples=["2014April"])
    value: Figure | None = Field(examples=["9.7"])
    status: MeasureStatus = MeasureStatus.ACTUAL
    qualifier: Qualifier | None = None

    def to_value(self) -> ComparatorValue:
        return ComparatorValue(**dict(self))


class ComparatorIn(Body):
    """Whom an indicator is held against. A group (nearest neighbours) is named, with the version of its members."""

    model_config = example(
        indicator_id=INDICATOR,
        kind="england",
        name="England",
        area_code="E92000001",
        source="NHS England, delayed transfers of care",
        values=[{"period": "2014April", "value": "9.7"}],
    )

    indicator_id: UUID
    kind: ComparatorKind = Field(examples=["england"])
    name: Label = Field(examples=["England"])
    area_code: Code | None = Field(default=None, examples=["E92000001"])
    group_version: Label | None = None
    source: Label = Field(examples=["NHS England, delayed transfers of care"])
    values: list[ComparatorValueIn] = Field(default_factory=list, max_length=MOST_VALUES)

    def to_comparator(self, comparator_id: UUID, owner: UUID) -> Comparator:
        values = tuple(each.to_value() for each in self.values)
        return Comparator(
            id=comparator_id,
            partnership_id=owner,
            owner_organisation_id=owner,
            **{**dict(self), "values": values},
        )


class ComparatorValuesIn(Body):
    """Figures to add. One for a period that has one corrects it; the one before stays on record."""

    model_config = example(
        values=[
            {"period": "2015April", "value": "11.1", "status": "provisional"},
            {"period": "2016April", "value": "10.4", "status": "estimate"},
        ]
    )

    values: list[ComparatorValueIn] = Field(min_length=1, max_length=MOST_VALUES)


class ComparatorValueOut(Out):
    """The series' figure for one period."""

    period: PeriodOut
    value: Figure | None
    status: MeasureStatus
    qualifier: Qualifier | None


class ComparatorOut(Out):
    """A comparator series, of each period the latest figure."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    kind: ComparatorKind
    name: str = Field(examples=["England"])
    area_code: str | None = Field(examples=["E92000001"])
    group_version: str | None = Field(examples=["CIPFA nearest neighbours, 2014"])
    source: str = Field(examples=["NHS England, delayed transfers of care"])
    values: list[ComparatorValueOut]
    recorded_at: datetime


class ComparatorsOut(Out):
    """A page of comparator series."""

    items: list[ComparatorOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createComparator",
    status_code=201,
    response_model=ComparatorOut,
    responses=problems(409, 413, 415),
    summary="Record a comparator series",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ComparatorIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("createComparator")],
) -> Response:
    """Records a series of figures for an indicator that your organisation keeps."""
    asked = body.to_comparator(id, door.caller.organisation_id)
    kept = await create_comparator(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/comparators/{id}")


@router.post(
    "/{id}/values",
    operation_id="addComparatorValues",
    status_code=201,
    response_model=ComparatorOut,
    responses=problems(404, 409, 413, 415),
    summary="Add figures to a comparator series",
)
async def add(
    id: UUID,  # noqa: A002 the name in the address
    body: ComparatorValuesIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, post_once("addComparatorValues")],
) -> Response:
    """Adds figures, or corrects them. Targets that follow the comparator move with it."""
    values = tuple(each.to_value() for each in body.values)
    return answer(await add_comparator_values(door.db, door.caller, sent, id, values))


@router.get(
    "/{id}",
    operation_id="getComparator",
    response_model=ComparatorOut,
    responses=problems(404),
    summary="Read a comparator",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A comparator, as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await comparators.get(tx, id))


@router.get(
    "",
    operation_id="listComparators",
    response_model=ComparatorsOut,
    responses=problems(),
    summary="List the comparators of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
) -> Response:
    """The series that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await comparators.page(tx, partnership_id, indicator_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
