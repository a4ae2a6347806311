"""Positions: what a partnership or a pool has, promised, received and spent in a year."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.api.years import YearQuery, year_of
from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement
from services.budget.rules.position import ONE_SUBJECT, Because, Measure, ask
from services.budget.rules.succession import Under
from services.budget.store import pools, positions
from shared.db import Transaction
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Day, Instant, MoneyOut, Out, TotalOut
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/positions", tags=["positions"])


class FiguresOut(Out):
    """Sums in pence. `known_pence` null with `complete` true: there is nothing of the kind to add up."""

    budget_approved: TotalOut
    budget_adjusted: TotalOut
    actual: TotalOut
    variance_pence: int | None
    contributions_due: TotalOut
    contributions_received_pence: int | None
    committed_pence: int | None
    forecast_outturn: TotalOut
    forecast_variance_pence: int | None


class PositionTotalsOut(Out):
    """`pooled` is the statutory total. Shadow moves no money; `whole` shows all three together."""

    pooled: FiguresOut
    aligned: FiguresOut
    shadow: FiguresOut
    whole: FiguresOut


class CategoryFiguresOut(Out):
    """The figures of one category."""

    category: Category
    figures: FiguresOut


class PartnerFiguresOut(Out):
    """The figures of one partner."""

    organisation_id: UUID
    figures: FiguresOut


class CategoryPartnerFiguresOut(Out):
    """The figures of one partner in one category."""

    category: Category
    organisation_id: UUID
    figures: FiguresOut


class PoolFiguresOut(Out):
    """The figures of one pool."""

    pool_id: UUID
    category: Category
    figures: FiguresOut


class LineFiguresOut(Out):
    """The figures of one line. Null where nothing is known, or nothing was posted yet."""

    line_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str = Field(examples=["Residential care"])
    category: Category
    arrangement: Arrangement
    budget_approved: MoneyOut
    budget_adjusted_pence: int | None
    actual_pence: int | None
    variance_pence: int | None
    committed_pence: int | None
    forecast_outturn_pence: int | None
    forecast_variance_pence: int | None


class MissingOut(Out):
    """A partner whose figures are not known, and which of them."""

    organisation_id: UUID
    figures: list[Measure]


class WithheldOut(Out):
    """A partner whose figures are left out because you may not see them, and why."""

    organisation_id: UUID
    because: Because


class PositionOut(Out):
    """A position. `complete` is false while any figure is missing or withheld; unknown is null, never 0."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: Day
    as_recorded: datetime | None
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[WithheldOut]
    totals: PositionTotalsOut
    by_category: list[CategoryFiguresOut]
    by_partner: list[PartnerFiguresOut]
    by_category_and_partner: list[CategoryPartnerFiguresOut]
    by_pool: list[PoolFiguresOut]
    lines: list[LineFiguresOut]


@router.get(
    "",
    operation_id="getPosition",
    response_model=PositionOut,
    responses=problems(404, 409),
    summary="Read a position",
)
async def get(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    financial_year: YearQuery,
    partnership_id: Annotated[UUID | None, Query(description="The whole partnership.")] = None,
    pool_id: Annotated[UUID | None, Query(description="Or one pool.")] = None,
    as_at: Annotated[
        Day | None, Query(description="Effective up to this day; the year's last by default.")
    ] = None,
    as_recorded: Annotated[
        Instant | None,
        Query(
            description="As it was on record at this instant. The same question later has the same answer."
        ),
    ] = None,
    under: Annotated[
        Under,
        Query(
            description="Show the figures of organisations that were succeeded under their successor, as one body."
        ),
    ] = Under.RECORDED,
) -> Response:
    """By line, pool, category and partner, with totals pooled, aligned, shadow and whole.

    Commissioners see pooled lines and open shadow lines of all, their own aligned lines, and the other
    partners' aligned money as totals by category. Observers see totals only.
    """
    if (partnership_id is None) == (pool_id is None):
        raise ONE_SUBJECT("?partnership_id")
    year = year_of(financial_year)
    # Read committed where an instant is asked for: what is settled is looked up first, and read after that.
    async with door.db.begin(door.caller, snapshot=as_recorded is None) as tx:
        place = partnership_id or await _partnership_of(tx, pool_id)
        asked = ask(place, pool_id, year, as_at, as_recorded, under)
        return shown(request, await positions.read(tx, asked))


async def _partnership_of(tx: Transaction, pool_id: UUID | None) -> UUID:
    if pool_id is None:
        raise NOT_FOUND()
    return (await pools.get(tx, pool_id)).partnership_id
