"""Completeness and timeliness of reporting, by provider and period: how much of what was due has come, and in time.

Source: DHIS2's reporting rates (expected, actual, on time). A rate over nothing expected is unknown and never 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.measure import cut


@dataclass(frozen=True, slots=True)
class ReportingCount:
    """How many returns of one provider were due for a period by a day, have come, in time, and were accepted."""

    provider_organisation_id: UUID
    period: str
    financial_year: str
    expected: int
    received: int
    on_time: int
    accepted: int


@dataclass(frozen=True, slots=True)
class ReportingRate:
    """The same with rates in per cent. `timeliness_percent` is of what was expected, as completeness is."""

    provider_organisation_id: UUID
    period: str
    financial_year: str
    expected: int
    received: int
    on_time: int
    accepted: int
    completeness_percent: Decimal | None
    timeliness_percent: Decimal | None


def reporting_rate(found: ReportingCount) -> ReportingRate:
    """The rates of a count, cut at the sixth decimal."""
    return ReportingRate(
        provider_organisation_id=found.provider_organisation_id,
        period=found.period,
        financial_year=found.financial_year,
        expected=found.expected,
        received=found.received,
        on_time=found.on_time,
        accepted=found.accepted,
        completeness_percent=_percent(found.received, found.expected),
        timeliness_percent=_percent(found.on_time, found.expected),
    )


def _percent(part: int, whole: int) -> Decimal | None:
    return cut(Decimal(part) * 100 / whole) if whole else None
