"""The scorecard of a partnership in short, as the outcomes service answers it and views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.reading import Reader

PATH = "/v1/scorecards/summary"
CARD = "/v1/scorecards"


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many lines have each rating."""

    red: int
    amber: int
    green: int
    unrated: int


@dataclass(frozen=True, slots=True)
class AgainstEngland:
    """How many lines stand worse or better than England in the same period, of how many that can be compared."""

    worse: int
    better: int
    same: int
    compared: int
    worse_percent: str | None
    not_compared: Annotated[tuple[str, ...], Field(examples=[["delayed-transfers"]])]


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One indicator as one provider reports it. Figures are decimal strings; null where there is none."""

    indicator_id: UUID
    code: Annotated[str, Field(examples=["delayed-transfers"])]
    title: Annotated[str, Field(examples=["Delayed transfers of care"])]
    unit: str | None
    provider_organisation_id: UUID | None
    period: str | None
    value: str | None
    status: str | None
    target_value: str | None
    rating: Annotated[str, Field(examples=["amber"])]
    reason: Annotated[str, Field(examples=["within_tolerance"])]


@dataclass(frozen=True, slots=True)
class OutcomePicture:
    """How the lines are rated. Not complete while any line has no known figure."""

    as_at: date
    complete: bool
    missing_contributors: tuple[UUID, ...]
    ratings: Ratings
    against_england: AgainstEngland
    lines: tuple[OutcomeLine, ...]


async def scorecard(reader: Reader, partnership_id: UUID, as_at: date, seconds: float) -> OutcomePicture:
    """The scorecard of a partnership as at a day."""
    query = {"partnership_id": str(partnership_id), "as_at": as_at.isoformat()}
    return await reader.read(OutcomePicture, PATH, query, seconds)


@dataclass(frozen=True, slots=True)
class CardTarget:
    """What the target comes to for the period of the latest figure, and as its source states it."""

    stated: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class CardFigure:
    """The latest accepted figure: for which period, and its value as a decimal string."""

    period: Annotated[str, Field(examples=["2014April"])]
    financial_year: str | None
    value: str | None
    status: Annotated[str, Field(examples=["actual"])]


@dataclass(frozen=True, slots=True)
class CardDimensions:
    """Of which part a figure is, in each dimension; null where it is of all of it."""

    area: str | None
    sub_area: str | None
    provider_site: str | None
    age_band: str | None
    deprivation_quintile: str | None
    cohort: str | None
    theme: str | None


@dataclass(frozen=True, slots=True)
class CardLine:
    """One indicator as one provider reports it under one contract, rated with a reason."""

    indicator_id: UUID
    code: Annotated[str, Field(examples=["delayed-transfers"])]
    title: Annotated[str, Field(examples=["Delayed transfers of care"])]
    unit: str | None
    value_type: Annotated[str, Field(examples=["rate"])]
    axis: Annotated[str, Field(examples=["outcome"])]
    domain: str | None
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    target: CardTarget | None
    latest: CardFigure | None
    trend: str | None
    dimensions: CardDimensions
    rating: Annotated[str, Field(examples=["amber"])]
    reason: Annotated[str, Field(examples=["within_tolerance"])]


@dataclass(frozen=True, slots=True)
class Card:
    """The scorecard of a partnership. Not complete while any line has no known figure."""

    complete: bool
    missing_contributors: tuple[UUID, ...]
    ratings: Ratings
    against_england: AgainstEngland
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class CardAsked:
    """Of which partnership, as at a day and as recorded when; of one framework, where it is named."""

    partnership_id: UUID
    as_at: date
    as_recorded: datetime | None
    framework_id: UUID | None = None


async def whole_card(reader: Reader, asked: CardAsked, seconds: float) -> Card:
    """The scorecard with the contract of each line, its axis and its trend."""
    query = {"partnership_id": str(asked.partnership_id), "as_at": asked.as_at.isoformat()}
    if asked.as_recorded is not None:
        query["as_recorded"] = asked.as_recorded.isoformat()
    if asked.framework_id is not None:
        query["framework_id"] = str(asked.framework_id)
    return await reader.read(Card, CARD, query, seconds)
