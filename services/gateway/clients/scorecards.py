"""The scorecard of a partnership in short, as the outcomes service answers it and views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.reading import Reader

PATH = "/v1/scorecards/summary"


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
