"""An accepted figure as it may be shown: of which indicator and period, from whom, without what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.measure import MeasureStatus


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
