"""How completely and how timely a provider reports, as the outcomes service answers it and views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.pages import WholeList, every
from services.gateway.clients.reading import Reader

PATH = "/v1/reporting-rates"


@dataclass(frozen=True, slots=True)
class PeriodReported:
    """How many returns of a period were due, have come, came in time, and were accepted."""

    period: Annotated[str, Field(examples=["2014Q2"])]
    expected: int
    received: int
    on_time: int
    accepted: int
    completeness_percent: str | None
    timeliness_percent: str | None


@dataclass(frozen=True, slots=True)
class PeriodReportedPage:
    items: tuple[PeriodReported, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RatesAsked:
    """Of which provider, in one partnership or in all, in which year (written 2014-15), as at which day."""

    provider_id: UUID
    partnership_id: UUID | None
    financial_year: str
    as_at: date


async def reporting_rates(reader: Reader, asked: RatesAsked, seconds: float) -> WholeList[PeriodReported]:
    """The periods of a year, the earliest first."""

    async def page(following: dict[str, str]) -> PeriodReportedPage:
        query = {
            "provider_organisation_id": str(asked.provider_id),
            "financial_year": asked.financial_year,
            "as_at": asked.as_at.isoformat(),
            **following,
        }
        if asked.partnership_id is not None:
            query["partnership_id"] = str(asked.partnership_id)
        return await reader.read(PeriodReportedPage, PATH, query, seconds)

    return await every(page)
