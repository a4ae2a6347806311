"""The whole place over years, and the balance of its spend, as the budget service answers them and views show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.positions import (
    FundByCategory,
    FundByCategoryAndPartner,
    FundByPartner,
    FundMissing,
    FundTotals,
    FundWithheld,
)
from services.gateway.clients.reading import Reader

PLACE = "/v1/reports/whole-place"
BALANCE = "/v1/balance-of-spend"


@dataclass(frozen=True, slots=True)
class PlaceYear:
    """One year of the place: by arrangement, by category, by partner, and by both."""

    financial_year: Annotated[str, Field(examples=["2014/15"])]
    as_at: date
    complete: bool
    totals: FundTotals
    by_category: tuple[FundByCategory, ...]
    by_partner: tuple[FundByPartner, ...]
    by_category_and_partner: tuple[FundByCategoryAndPartner, ...]


@dataclass(frozen=True, slots=True)
class CategorySpend:
    """A year's spend over all categories, and the categories of which it is not known."""

    known_pence: int | None
    complete: bool
    missing_contributors: Annotated[tuple[str, ...], Field(examples=[["wellness"]])]


@dataclass(frozen=True, slots=True)
class ShareYear:
    """Each category's percent of a year's spend, null where anything is unknown; and which way it moves since the last."""

    financial_year: Annotated[str, Field(examples=["2014/15"])]
    spend: CategorySpend
    percent: Annotated[dict[str, str | None], Field(examples=[{"complex_bed_based": "60.0"}])]
    direction: Annotated[str, Field(examples=["towards_community"])]


@dataclass(frozen=True, slots=True)
class Place:
    """The years of the place, and how the balance of their spend moves."""

    complete: bool
    missing_contributors: tuple[FundMissing, ...]
    withheld_contributors: tuple[FundWithheld, ...]
    years: tuple[PlaceYear, ...]
    balance: tuple[ShareYear, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """The shares of the years."""

    complete: bool
    missing_contributors: tuple[FundMissing, ...]
    withheld_contributors: tuple[FundWithheld, ...]
    years: tuple[ShareYear, ...]


@dataclass(frozen=True, slots=True)
class YearsAsked:
    """Of which partnership, from which year to which (written 2014-15), as at a day of the last and as recorded when."""

    partnership_id: UUID
    from_year: str
    to_year: str
    as_at: date
    as_recorded: datetime | None


async def whole_place(reader: Reader, asked: YearsAsked, seconds: float) -> Place:
    """The money of a place, whoever spends it."""
    query = {
        "partnership_id": str(asked.partnership_id),
        "from_year": asked.from_year,
        "to_year": asked.to_year,
        "as_at": asked.as_at.isoformat(),
    }
    if asked.as_recorded is not None:
        query["as_recorded"] = asked.as_recorded.isoformat()
    return await reader.read(Place, PLACE, query, seconds)


async def balance_of_spend(reader: Reader, asked: YearsAsked, basis: str, seconds: float) -> Balance:
    """How spend, or what was budgeted, is balanced between the categories."""
    query = {
        "partnership_id": str(asked.partnership_id),
        "from_year": asked.from_year,
        "to_year": asked.to_year,
        "as_at": asked.as_at.isoformat(),
        "basis": basis,
    }
    if asked.as_recorded is not None:
        query["as_recorded"] = asked.as_recorded.isoformat()
    return await reader.read(Balance, BALANCE, query, seconds)
