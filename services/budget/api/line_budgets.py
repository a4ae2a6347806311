"""The budget of a line through its year: record a figure, read what stands, read how it came about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.record_line_budget import record_line_budget
from services.budget.rules.as_recorded import require_settled
from services.budget.rules.line_budget import BudgetAsked, BudgetKind, Phase, standing
from services.budget.store import line_budgets, lines
from services.budget.store.horizon import settled_until
from shared.calendar import read_financial_year
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.fields import Body, Day, Instant, MoneyIn, MoneyOut, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/lines", tags=["lines"])


class LineBudgetIn(Body):
    """A figure for the line, from a day of its year on."""

    id: UUID
    kind: BudgetKind
    amount: MoneyIn
    effective_from: Day = Field(examples=["2014-10-01"])
    reason: Paragraph = Field(examples=["Refresh of the medium term financial strategy"])
    decision_id: UUID | None = Field(
        default=None, description="The decision of your own body that approved it."
    )
    scale_confirmed: bool = Field(
        default=False, description="You have checked that a figure of quite another size is meant, in pence."
    )

    def to_asked(self) -> BudgetAsked:
        return BudgetAsked(
            self.id,
            self.kind,
            self.amount.to_money("/amount"),
            self.effective_from,
            self.reason,
            self.decision_id,
            self.scale_confirmed,
        )


class LineBudgetOut(Out):
    """A figure of a line: as councils call it, and the phase that it is of."""

    id: UUID
    line_id: UUID
    number: int
    kind: BudgetKind
    phase: Phase
    amount: MoneyOut
    effective_from: Day
    reason: str
    decision_id: UUID | None
    recorded_at: datetime


class LineBudgetsOut(Out):
    """A page of a line's figures."""

    items: list[LineBudgetOut]
    next: str | None


class BudgetStandingOut(Out):
    """What stands for a line at a day; null where there is no figure of that kind."""

    line_id: UUID
    as_at: Day
    as_recorded: datetime | None
    original: MoneyOut
    approved: MoneyOut
    proposed: MoneyOut | None
    forecast_outturn: MoneyOut | None
    outturn: MoneyOut | None


@router.post(
    "/{id}/budgets",
    operation_id="recordLineBudget",
    status_code=201,
    response_model=LineBudgetOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record a figure for a line's budget",
)
async def record(
    id: UUID,  # noqa: A002 the name in the address
    body: LineBudgetIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("recordLineBudget")],
) -> Response:
    """Keeps the figure beside those before it. A revised budget takes the original's place from its day on."""
    asked = body.to_asked()
    return answer(await record_line_budget(door.db, door.caller, sent, id, expected, asked))


@router.get(
    "/{id}/budget",
    operation_id="getLineBudget",
    response_model=BudgetStandingOut,
    responses=problems(404, 409),
    summary="Read the budget that stands for a line",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    as_at: Annotated[
        Day | None, Query(description="As at this day; else the last day of the line's year.")
    ] = None,
    as_recorded: Annotated[Instant | None, Query(description="As it was on record at this instant.")] = None,
) -> Response:
    """Original, approved, proposed, forecast and outturn, as at a day and as it was on record."""
    async with door.db.begin(door.caller, snapshot=as_recorded is None) as tx:
        if as_recorded is not None:
            require_settled(as_recorded, await settled_until(tx))
        line = await lines.get(tx, id)
        day: date = as_at or read_financial_year(line.financial_year).last_day
        return shown(
            request, standing(line, await line_budgets.history(tx, id, as_recorded), day, as_recorded)
        )


@router.get(
    "/{id}/budgets",
    operation_id="listLineBudgets",
    response_model=LineBudgetsOut,
    responses=problems(404),
    summary="List the figures of a line's budget",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """Every figure in the order in which it was recorded. None of them is ever edited."""
    after = read_cursor(pages.cursor, int, UUID)
    async with door.db.begin(door.caller) as tx:
        await lines.get(tx, id)
        rows = await line_budgets.page(tx, id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.number, each.id)))
