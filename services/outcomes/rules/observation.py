"""Accepted figures as they may be shown: of which indicator and period, without what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.disclosure_family import OnView
from services.outcomes.rules.disclosure_table import controlled_together
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.kpi_return import ReturnValue
from services.outcomes.rules.measure import Measure, MeasureStatus


@dataclass(frozen=True, slots=True)
class Observation:
    """One accepted value. Of one period the highest revision holds; earlier ones stay on record."""

    id: UUID
    partnership_id: UUID
    contract_id: UUID
    obligation_id: UUID
    indicator_id: UUID
    provider_organisation_id: UUID
    period: str
    financial_year: str
    revision: int
    value: Decimal | None
    status: MeasureStatus
    recorded_at: datetime


def published(
    values: Mapping[UUID, ReturnValue],
    indicators: Mapping[UUID, Indicator],
    on_view: Mapping[UUID, OnView] | None = None,
) -> dict[UUID, Measure]:
    """What may be shown of an accepted revision, by indicator, beside what other obligations show for the period."""
    measures = {
        indicator_id: Measure(
            given.value, given.status or MeasureStatus.ACTUAL, given.numerator, given.denominator
        )
        for indicator_id, given in values.items()
    }
    return controlled_together(measures, indicators, on_view)
