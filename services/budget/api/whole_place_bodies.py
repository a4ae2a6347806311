"""How the report on a whole place looks outside, and how it is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from services.budget.api.balance_of_spend import YearShareOut
from services.budget.api.positions import (
    CategoryFiguresOut,
    CategoryPartnerFiguresOut,
    LineFiguresOut,
    MissingOut,
    PartnerFiguresOut,
    PositionTotalsOut,
    WithheldOut,
)
from services.budget.rules.position import Asked
from services.budget.rules.whole_place import ask_place
from shared.calendar import FinancialYear, read_financial_year
from shared.errors import Refusal
from shared.web.fields import Day, Instant, Out


async def _asked(
    partnership_id: Annotated[UUID, Query()],
    from_year: Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", examples=["2014-15"])],
    to_year: Annotated[str, Query(pattern=r"^\d{4}-\d{2}$", examples=["2016-17"])],
    as_at: Annotated[
        Day | None, Query(description="A day of the last year; the years before are whole.")
    ] = None,
    as_recorded: Annotated[
        Instant | None,
        Query(
            description="As it was on record at this instant. The same question later has the same answer."
        ),
    ] = None,
) -> tuple[Asked, ...]:
    first, last = _year(from_year, "?from_year"), _year(to_year, "?to_year")
    return ask_place(partnership_id, first, last, as_at, as_recorded)


def _year(text: str, pointer: str) -> FinancialYear:
    try:
        return read_financial_year(text)
    except Refusal as refusal:
        raise refusal.reason(pointer, **refusal.facts) from None


AskedPlace = Annotated[tuple[Asked, ...], Depends(_asked)]


class YearOfPlaceOut(Out):
    """One year: `whole` is pooled, aligned and shadow together; another's aligned money is in totals alone."""

    financial_year: str = Field(examples=["2015/16"])
    as_at: Day
    complete: bool
    totals: PositionTotalsOut
    by_category: list[CategoryFiguresOut]
    by_partner: list[PartnerFiguresOut]
    by_category_and_partner: list[CategoryPartnerFiguresOut]
    lines: list[LineFiguresOut] = Field(
        description="Pooled and open shadow lines, and your own aligned ones."
    )


class WholePlaceOut(Out):
    """The whole place over years, and whether spend moves from complex care to community and wellness."""

    partnership_id: UUID
    as_recorded: datetime | None
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[WithheldOut]
    years: list[YearOfPlaceOut]
    balance: list[YearShareOut]
