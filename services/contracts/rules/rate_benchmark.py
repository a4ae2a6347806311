"""A rate benchmark: what like care costs across commissioners, and when it may be told (S4-C02).

Told is a table by service, unit and period, once: at least 5 placements of at least 3 providers, none of which has
over half; what is left when one commissioner leaves out its own is nothing or at least 3. The same holds of every set
of placements that stand in just the same tables, this one and all published before for the service and unit, so that
no sum or difference of tables comes to fewer. There is no mean and no total, from which one placement could be worked
out. Providers are never shown one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.contracts.rules.placement import RateUnit
from shared.calendar import Period
from shared.errors import Kind, reason

LEAST_PLACEMENTS, LEAST_PROVIDERS, LEAST_OF_OTHERS = 5, 3, 3
LONGEST_DAYS, SHORTEST_DAYS = 366, 28

NOT_DISCLOSABLE = reason(
    "benchmark_not_disclosable",
    Kind.CONFLICT,
    "This table would tell too much: it rests on too few placements or providers, on one of them for over half, or is too"
    " like a table that was published before. Ask for a longer period or wait for the next.",
)
PUBLISHED_ALREADY = reason(
    "benchmark_published_already",
    Kind.CONFLICT,
    "This table was published already, and is published once. Read it; its id is in benchmark_id.",
)
PERIOD_RUNS = reason(
    "benchmark_period_runs",
    Kind.INVALID,
    "The period is not over. A table is published once, so it waits for its end.",
)
PERIOD_UNFIT = reason(
    "benchmark_period_unfit", Kind.INVALID, "Ask for a month, a quarter, a half year or a year."
)
NOT_COMMISSIONER = reason(
    "benchmark_not_commissioner",
    Kind.INVALID,
    "Benchmarks are published by commissioners of the partnership that provide nothing in it.",
)


@dataclass(frozen=True, slots=True)
class RateBenchmark:
    """A published table. Rates are pounds for one unit, of placements in care within the period.

    Quartiles are interpolated between the two nearest rates (type 7). Outliers are rates more than 1.5 times the
    range of the middle half outside it (Tukey's fences), counted and never shown. `inconsistent_provider_ids` names
    providers that are paid more than one rate for the same service and unit.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    service: str
    unit: RateUnit
    period: str
    first_day: date
    last_day: date
    placements: int
    providers: int
    lowest: Decimal
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal
    highest: Decimal
    outliers_below: int
    outliers_above: int
    inconsistent_provider_ids: tuple[UUID, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BenchmarkBasis:
    """On what a table rests. `fewest_of_others`: what is left without any one commissioner's own; None: nothing."""

    placements: int
    providers: int
    largest_provider_placements: int
    fewest_of_others: int | None


def check_period(period: Period, today: date) -> None:
    """Refuse a period that is not over, and one that is no month, quarter, half year or year."""
    days = (period.last_day - period.first_day).days + 1
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise PERIOD_UNFIT("/period")
    if period.last_day >= today:
        raise PERIOD_RUNS("/period", last_day=period.last_day.isoformat())


def check_disclosable(basis: BenchmarkBasis | None) -> None:
    """Refuse a table that would tell too much, and say no more of it. None: the database did not make one."""
    if (
        basis is None
        or basis.placements < LEAST_PLACEMENTS
        or basis.providers < LEAST_PROVIDERS
        or basis.largest_provider_placements * 2 > basis.placements
        or (basis.fewest_of_others is not None and basis.fewest_of_others < LEAST_OF_OTHERS)
    ):
        raise NOT_DISCLOSABLE()
