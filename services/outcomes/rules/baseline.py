"""Where an indicator stood before: the figure that relative targets and «no worse than» start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.indicator import Indicator, check_part, check_value
from services.outcomes.rules.measure import Measure, MeasureStatus
from services.outcomes.rules.reporting_period import check_period
from shared.errors import Kind, reason
from shared.money import Qualifier

BASELINE_TWICE = reason(
    "baseline_taken",
    Kind.CONFLICT,
    "This indicator has its baseline on record already. A baseline stays as it was set.",
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """One figure for one period (DHIS2 id). `contract_id` is None where it holds throughout."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    contract_id: UUID | None
    period: str
    value: Decimal | None
    status: MeasureStatus
    numerator: Decimal | None
    denominator: Decimal | None
    qualifier: Qualifier | None
    source: str
    recorded_at: datetime | None = None

    @property
    def measure(self) -> Measure:
        return Measure(self.value, self.status, self.numerator, self.denominator, self.qualifier)


def check_baseline(baseline: Baseline, indicator: Indicator, whole: Baseline | None) -> Baseline:
    """Give the baseline back, or refuse one outside the scale or above the whole it is a part of.

    `whole` is the baseline of the indicator that this one is a part of, where there is one.
    """
    check_period(indicator.frequency, baseline.period, "/period")
    measure = baseline.measure
    if measure.value is not None:
        check_value(indicator, measure.value, "/value")
    if whole is not None and whole.period == baseline.period:
        check_part(measure, whole.measure, "/value")
    return baseline
