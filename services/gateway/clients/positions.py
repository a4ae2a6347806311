"""The fund position of a partnership, as the budget service answers it and as far as views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.reading import Reader

PATH = "/v1/positions"


@dataclass(frozen=True, slots=True)
class FundTotal:
    """A sum in pence: the known part (null where nothing is known), and whether that is the whole."""

    known_pence: int | None
    complete: bool
    missing_contributors: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class FundFigures:
    """What was approved, adjusted, spent, committed, forecast and contributed. Null where it is not known, never 0."""

    budget_approved: FundTotal
    budget_adjusted: FundTotal
    actual: FundTotal
    variance_pence: int | None
    committed_pence: int | None
    forecast_outturn: FundTotal
    forecast_variance_pence: int | None
    contributions_due: FundTotal
    contributions_received_pence: int | None


@dataclass(frozen=True, slots=True)
class FundTotals:
    """Pooled, aligned and shadow money apart, and the whole place together."""

    pooled: FundFigures
    aligned: FundFigures
    shadow: FundFigures
    whole: FundFigures


@dataclass(frozen=True, slots=True)
class FundByCategory:
    """The figures of one category."""

    category: Annotated[str, Field(examples=["wellness"])]
    figures: FundFigures


@dataclass(frozen=True, slots=True)
class FundByPartner:
    """The figures of one partner."""

    organisation_id: UUID
    figures: FundFigures


@dataclass(frozen=True, slots=True)
class FundByCategoryAndPartner:
    """The figures of one partner in one category."""

    category: Annotated[str, Field(examples=["wellness"])]
    organisation_id: UUID
    figures: FundFigures


@dataclass(frozen=True, slots=True)
class FundMissing:
    """A partner whose figures are not known, and which."""

    organisation_id: UUID
    figures: Annotated[tuple[str, ...], Field(examples=[["actual"]])]


@dataclass(frozen=True, slots=True)
class FundWithheld:
    """A partner whose figures are left out, and why."""

    organisation_id: UUID
    because: Annotated[str, Field(examples=["shadow_consent_missing"])]


@dataclass(frozen=True, slots=True)
class FundPosition:
    """What a partnership has, promised, received and spent in a financial year, as at a day."""

    financial_year: str
    as_at: date
    complete: bool
    missing_contributors: tuple[FundMissing, ...]
    withheld_contributors: tuple[FundWithheld, ...]
    totals: FundTotals
    by_category: tuple[FundByCategory, ...]
    by_partner: tuple[FundByPartner, ...]
    by_category_and_partner: tuple[FundByCategoryAndPartner, ...]


async def position(
    reader: Reader, partnership_id: UUID, financial_year: str, as_at: date, seconds: float
) -> FundPosition:
    """The position of a whole partnership; `financial_year` is written 2014-15."""
    query = {
        "partnership_id": str(partnership_id),
        "financial_year": financial_year,
        "as_at": as_at.isoformat(),
    }
    return await reader.read(FundPosition, PATH, query, seconds)


@dataclass(frozen=True, slots=True)
class PositionAsked:
    """Which position; `financial_year` is written 2014-15, `under` is `recorded` or, as one body, `successors`."""

    partnership_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    under: str = "recorded"


async def position_as(reader: Reader, asked: PositionAsked, seconds: float) -> FundPosition:
    """The position as on record at an instant, or under who succeeded."""
    query = {
        "partnership_id": str(asked.partnership_id),
        "financial_year": asked.financial_year,
        "as_at": asked.as_at.isoformat(),
        "under": asked.under,
    }
    if asked.as_recorded is not None:
        query["as_recorded"] = asked.as_recorded.isoformat()
    return await reader.read(FundPosition, PATH, query, seconds)
