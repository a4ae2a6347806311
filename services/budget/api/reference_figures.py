"""Reference figures: the scale of things as published, with its qualifier. No total takes them in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.record_reference_figure import record_reference_figure
from services.budget.rules.reference_figure import Bound, ReferenceFigure, Unit
from services.budget.store.assessments import reference_figures
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Measure, MoneyIn, MoneyOut, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/reference-figures", tags=["reference figures"])

_ID = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"


class ReferenceFigureIn(Body):
    """One figure as its source states it: `amount` for pounds, else `value`. A qualifier stays with it."""

    partnership_id: UUID = Field(examples=[_ID])
    name: Title = Field(examples=["Budget of the successor CCG"])
    source: Title = Field(examples=["Governing Body paper, 28 March 2019"])
    printed: Title = Field(
        description="The words of the source.", examples=["a budget of more than £1.8 billion"]
    )
    unit: Unit = Field(examples=["pounds"])
    amount: MoneyIn | None = Field(
        default=None, examples=[{"amount_pence": 180000000000, "status": "actual", "qualifier": "more_than"}]
    )
    value: Measure | None = Field(
        default=None, description="For people, percent and counts.", examples=[None]
    )
    qualifier: Qualifier | None = Field(default=None, description="Of `value`.", examples=[None])
    people_figure_id: UUID | None = Field(
        default=None,
        description="A figure of people, to say what the amount comes to a head.",
        examples=[None],
    )


class PerHeadOut(Out):
    """What an amount comes to a head, and on which side of it the truth lies."""

    people_figure_id: UUID
    bound: Bound
    amount_pence: int = Field(examples=[150000])


class ReferenceFigureOut(Out):
    """A figure for reference. It is in no position, report or total."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    source: str
    printed: str
    unit: Unit
    amount: MoneyOut | None
    value: Measure | None
    qualifier: Qualifier | None
    people_figure_id: UUID | None
    per_head: PerHeadOut | None
    version: int


class ReferenceFiguresOut(Out):
    """A page of reference figures."""

    items: list[ReferenceFigureOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordReferenceFigure",
    status_code=201,
    response_model=ReferenceFigureOut,
    responses=problems(409, 413, 415),
    summary="Record a figure for reference",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ReferenceFigureIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordReferenceFigure")],
) -> Response:
    """Keeps what a source says of the scale of things. Nothing adds it up with money that is planned or spent."""
    asked = ReferenceFigure(
        id,
        body.partnership_id,
        door.caller.organisation_id,
        body.name,
        body.source,
        body.printed,
        body.unit,
        None if body.amount is None else body.amount.to_money("/amount"),
        body.value,
        body.qualifier,
        body.people_figure_id,
    )
    kept = await record_reference_figure(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/reference-figures/{id}")


@router.get(
    "/{id}",
    operation_id="getReferenceFigure",
    response_model=ReferenceFigureOut,
    responses=problems(404),
    summary="Read a reference figure",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One figure with its source, its qualifier and what it comes to a head."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await reference_figures.get(tx, id))


@router.get(
    "",
    operation_id="listReferenceFigures",
    response_model=ReferenceFiguresOut,
    responses=problems(),
    summary="List the reference figures of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The figures by name. They are not added up."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await reference_figures.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))
