"""Whom a figure is held against: England, a region, a named and versioned group, by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.indicator import Indicator, Polarity, check_value
from services.outcomes.rules.measure import Measure, MeasureStatus, cut
from services.outcomes.rules.reporting_period import check_period
from shared.errors import Kind, reason
from shared.money import Qualifier

COMPARATOR_TWICE = reason(
    "comparator_taken",
    Kind.CONFLICT,
    "This series is on record for the indicator already. Add its new figures to it.",
)
SERIES_CHANGED = reason(
    "comparator_series_changed",
    Kind.CONFLICT,
    "Somebody added figures to this series at the same moment. Read it again.",
)
GROUP_UNNAMED = reason(
    "comparator_group_unnamed",
    Kind.INVALID,
    "An average of a group means nothing without the group. Name it and the version of its membership.",
)
AREA_MISSING = reason(
    "comparator_area_missing", Kind.INVALID, "Give the code of the area, such as E92000001 for England."
)
PERIOD_TWICE = reason(
    "comparator_period_twice", Kind.INVALID, "A series has one figure for a period. Take one of the two out."
)


class ComparatorKind(StrEnum):
    """Whom the series describes."""

    ENGLAND = "england"
    REGION = "region"
    ICB = "icb"
    AREA = "area"
    NEAREST_NEIGHBOURS = "nearest_neighbours"
    CLUSTER = "cluster"


GROUPS = frozenset({ComparatorKind.NEAREST_NEIGHBOURS, ComparatorKind.CLUSTER})


@dataclass(frozen=True, slots=True)
class ComparatorValue:
    """The series' figure for one period (DHIS2 id)."""

    period: str
    value: Decimal | None
    status: MeasureStatus
    qualifier: Qualifier | None = None

    @property
    def measure(self) -> Measure:
        return Measure(self.value, self.status, qualifier=self.qualifier)


@dataclass(frozen=True, slots=True)
class Comparator:
    """A series of figures for one indicator. A group (nearest neighbours) is named and versioned."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    kind: ComparatorKind
    name: str
    area_code: str | None
    group_version: str | None
    source: str
    values: tuple[ComparatorValue, ...]
    recorded_at: datetime | None = None

    def at(self, period: str) -> Measure | None:
        """The figure of the same period, or None where the series has none yet."""
        return next((each.measure for each in self.values if each.period == period), None)


def check_comparator(comparator: Comparator, indicator: Indicator) -> Comparator:
    """Give the series back, or refuse one that nobody can check: unnamed group, wrong period, off scale."""
    if comparator.kind in GROUPS:
        if comparator.group_version is None:
            raise GROUP_UNNAMED("/group_version")
    elif comparator.area_code is None:
        raise AREA_MISSING("/area_code")
    check_series(comparator.values, indicator)
    return comparator


def check_series(values: Iterable[ComparatorValue], indicator: Indicator) -> None:
    """Refuse values of other periods than the indicator's, two for one period, or off the scale."""
    seen: set[str] = set()
    for index, each in enumerate(values):
        check_period(indicator.frequency, each.period, f"/values/{index}/period")
        if each.period in seen:
            raise PERIOD_TWICE(f"/values/{index}/period", period=each.period)
        seen.add(each.period)
        measure = each.measure
        if measure.value is not None:
            check_value(indicator, measure.value, f"/values/{index}/value")


def better_than(value: Decimal, other: Decimal, polarity: Polarity) -> bool | None:
    """Whether a value is better than another; None where equal counts as neither or no way is good."""
    if polarity is Polarity.NONE or value == other:
        return None
    return (value > other) is (polarity is Polarity.HIGH_IS_GOOD)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How many measures stand worse than the comparator: «28/32 of the measures» is 87.5 % (S1-O02).

    `not_compared` names measures that have no figure, no comparator or no good way.
    """

    worse: int
    better: int
    same: int
    compared: int
    worse_percent: Decimal | None
    not_compared: tuple[str, ...]


def benchmark(measures: Mapping[str, tuple[Decimal | None, Decimal | None, Polarity]]) -> Benchmark:
    """Count measures (name -> own value, comparator's value, polarity) against their comparator."""
    worse = better = same = 0
    left_out: list[str] = []
    for name, (value, other, polarity) in measures.items():
        if value is None or other is None or polarity is Polarity.NONE:
            left_out.append(name)
            continue
        verdict = better_than(value, other, polarity)
        worse += verdict is False
        better += verdict is True
        same += verdict is None
    compared = worse + better + same
    percent = cut(Decimal(worse) * 100 / compared) if compared else None
    return Benchmark(worse, better, same, compared, percent, tuple(left_out))
