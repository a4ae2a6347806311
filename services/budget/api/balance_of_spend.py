"""The balance of spend: each category's share year by year, and whether it moves towards community and wellness."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.api.positions import MissingOut, WithheldOut
from services.budget.api.years import year_of
from services.budget.rules.balance_of_spend import SpendDirection, balance_of_spend
from services.budget.rules.category import Category
from services.budget.rules.position import Position
from services.budget.rules.whole_place import SpendBalance, ask_place, whole_place
from services.budget.store import positions
from shared.money import NOT_STATED, Money, summed
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Day, Instant, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/balance-of-spend", tags=["positions"])


class SpendBasis(StrEnum):
    """Which figures are compared."""

    ACTUAL = "actual"
    BUDGET = "budget"


class SpendTotalByCategoryOut(Out):
    """A year's spend: the known part, whether it is the whole, and the categories that are not known."""

    known_pence: int | None
    complete: bool
    missing_contributors: list[Category]


class YearShareOut(Out):
    """A year's spend by category, in percent of the whole; null where anything of the year is not known."""

    financial_year: str
    spend: SpendTotalByCategoryOut
    percent: dict[Category, str | None] = Field(
        examples=[{"wellness": "25.0", "community_intervention": "25.0", "complex_bed_based": "50.0"}]
    )
    direction: SpendDirection


class SpendBalanceOut(Out):
    """The shares of the years, each with its direction since the year before."""

    partnership_id: UUID
    basis: SpendBasis
    as_recorded: datetime | None
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[WithheldOut]
    years: list[YearShareOut]


@router.get(
    "",
    operation_id="getBalanceOfSpend",
    response_model=SpendBalanceOut,
    responses=problems(404, 409),
    summary="Read how spend is balanced between the categories",
)
async def get(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    partnership_id: Annotated[UUID, Query()],
    from_year: Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", examples=["2014-15"])],
    to_year: Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", examples=["2016-17"])],
    basis: SpendBasis = SpendBasis.ACTUAL,
    as_at: Annotated[
        Day | None, Query(description="A day of the last year; the years before are whole.")
    ] = None,
    as_recorded: Annotated[Instant | None, Query(description="As it was on record at this instant.")] = None,
) -> Response:
    """Wellness, community and complex care by year. One category that is not known leaves its year's shares unknown.

    Not complete where anything of a year is unknown, or withheld from you: the shares are then of what you see.
    """
    asked = ask_place(partnership_id, year_of(from_year), year_of(to_year), as_at, as_recorded)
    async with door.db.begin(door.caller, snapshot=as_recorded is None) as tx:
        found = [await positions.read(tx, each) for each in asked]
    place = whole_place(found)
    years = balance_of_spend({each.financial_year: _spend(each, basis) for each in found})
    balance = SpendBalance(
        partnership_id,
        basis,
        as_recorded,
        place.complete and all(each.spend.complete for each in years),
        place.missing_contributors,
        place.withheld_contributors,
        years,
    )
    return shown(request, balance)


def _spend(position: Position, basis: SpendBasis) -> dict[Category, Money]:
    found = {}
    for each in position.by_category:
        whole = each.figures.actual if basis is SpendBasis.ACTUAL else each.figures.budget_adjusted
        known = whole.known_pence if whole.complete else None
        found[each.category] = NOT_STATED if known is None else summed(known)
    return found
