"""Responsibility charts (RACI): draw up, read marks anew, read, list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.enter_record import enter_record
from services.gateway.actions.move_record import move_record
from services.gateway.rules import responsibility_chart as rules
from services.gateway.rules.responsibility_chart import ChartActivity, Mark, ResponsibilityChart
from services.gateway.store.governance_registers import responsibility_charts
from services.gateway.store.places import Place
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/responsibility-charts", tags=["governance"])


class ChartColumnIn(Body):
    """The head of a column as printed. Name the board where its name alone does not tell which one it is."""

    printed: Title = Field(examples=["HWB"])
    board_id: UUID | None = None


class ChartActivityIn(Body):
    """An activity and a mark for each column. Null: the mark cannot be read; `none`: the cell is empty."""

    name: Title = Field(examples=["Develop the Section 75 agreement"])
    marks: list[Mark | None] = Field(min_length=1, max_length=50, examples=[["A"]])

    def to_activity(self) -> ChartActivity:
        return ChartActivity(self.name, tuple(self.marks))


class ResponsibilityChartIn(Body):
    """A matrix of activities by boards: responsible (R), accountable (A), consulted (C), informed (I)."""

    partnership_id: UUID
    title: Title = Field(examples=["Who answers for the integration programme"])
    source: Title = Field(examples=["Business case of June 2014, appendix"])
    columns: list[ChartColumnIn] = Field(min_length=1, max_length=50)
    activities: list[ChartActivityIn] = Field(min_length=1, max_length=200)

    def to_chart(self, chart_id: UUID, owner: UUID, place: Place) -> ResponsibilityChart:
        return ResponsibilityChart(
            id=chart_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            title=self.title,
            source=self.source,
            columns=rules.columns_of([(each.printed, each.board_id) for each in self.columns], place.boards),
            activities=tuple(each.to_activity() for each in self.activities),
        )


class ChartMarksIn(Body):
    """All activities anew, once more is known of who does what."""

    activities: list[ChartActivityIn] = Field(min_length=1, max_length=200)


class ChartColumnOut(Out):
    """A column and the board that it stands for."""

    printed: str
    board_id: UUID


class ChartActivityOut(Out):
    """An activity with its marks in the order of the columns."""

    name: str
    marks: list[Mark | None] = Field(examples=[["A", None]])


class ResponsibilityChartOut(Out):
    """A chart. `unanswered` are the activities for which nobody is known to be accountable."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    source: str
    columns: list[ChartColumnOut]
    activities: list[ChartActivityOut]
    complete: bool
    unread_marks: int
    unanswered: list[str] = Field(examples=[["Develop the Section 75 agreement"]])
    version: int


class ResponsibilityChartsOut(Out):
    """A page of charts."""

    items: list[ResponsibilityChartOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="drawUpResponsibilityChart",
    status_code=201,
    response_model=ResponsibilityChartOut,
    responses=problems(409, 413, 415),
    summary="Draw up who answers for what",
)
async def draw_up(
    id: UUID,  # noqa: A002 the name in the address
    body: ResponsibilityChartIn,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("drawUpResponsibilityChart")],
) -> Response:
    """Heads of columns are found among the boards on record, also where look-alike letters were typed."""
    own = door.caller.organisation_id
    kept = await enter_record(
        door.db, door.caller, sent, responsibility_charts, body.partnership_id,
        lambda place: rules.draw_up(body.to_chart(id, own, place)),
    )  # fmt: skip
    return answer(kept, f"/v1/responsibility-charts/{id}")


@router.post(
    "/{id}/marks",
    operation_id="markResponsibilityChart",
    response_model=ResponsibilityChartOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Enter the marks of a chart anew",
)
async def mark(
    id: UUID,  # noqa: A002 the name in the address
    body: ChartMarksIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("markResponsibilityChart")],
) -> Response:
    """By the organisation that drew it up. One board at most is accountable for an activity."""
    activities = tuple(each.to_activity() for each in body.activities)
    kept = await move_record(
        door.db, door.caller, sent, responsibility_charts, id, version, "marked",
        lambda before, _: rules.mark(before, activities),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getResponsibilityChart",
    response_model=ResponsibilityChartOut,
    responses=problems(404),
    summary="Read a chart of responsibilities",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One chart, with what in it is not known."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await responsibility_charts.get(tx, id))


@router.get(
    "",
    operation_id="listResponsibilityCharts",
    response_model=ResponsibilityChartsOut,
    responses=problems(),
    summary="List the charts of responsibilities of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """By title."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await responsibility_charts.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, responsibility_charts.key))
