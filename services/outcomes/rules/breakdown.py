"""Figures read apart along a dimension: how far they vary, and whether the gap between the ends narrows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from uuid import UUID

from services.outcomes.rules.confidence import Confidence, confidence
from services.outcomes.rules.dimension import Dimension
from services.outcomes.rules.indicator import Indicator, Polarity
from services.outcomes.rules.measure import cut
from services.outcomes.rules.overlap import along_category
from services.outcomes.rules.roll_up import Contribution, NoValue, Weighting, roll_up, usual
from shared.calendar import read_period

DEPRIVED, LEAST_DEPRIVED = "1", "5"


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """The figure of one category in a period; `value` is None where it is missing or may not be shown."""

    category: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    confidence: Confidence | None
    complete: bool
    missing_contributors: tuple[UUID, ...]
    withheld_contributors: tuple[UUID, ...]
    no_value_because: NoValue | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the categories vary: quartiles as medians of the halves (Tukey's hinges), and highest by lowest."""

    count: int
    lowest: Decimal
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal
    highest: Decimal
    range: Decimal
    highest_by_lowest: Decimal | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two ends: of fifths of deprivation the most and the least deprived, of others the worst and the best.

    `absolute` is how much worse the first is in the unit, `relative` the first by the second. A gap below 0 says
    that the most deprived fare better.
    """

    worse_category: str
    better_category: str
    absolute: Decimal
    relative: Decimal | None


@dataclass(frozen=True, slots=True)
class BreakdownPeriod:
    """The categories of one period."""

    period: str
    financial_year: str | None
    financial_quarter: int | None
    categories: tuple[CategoryFigure, ...]
    spread: Spread | None
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """An indicator along a dimension, period by period. `gap_narrows`: the last known gap against the first."""

    indicator_id: UUID
    dimension: Dimension
    weighting: Weighting
    periods: tuple[BreakdownPeriod, ...]
    gap_narrows: bool | None


def breakdown(
    indicator: Indicator, dimension: Dimension, by_period: dict[str, Sequence[Contribution]]
) -> Breakdown:
    """The indicator along the dimension; several figures of one category are joined by the usual weighting."""
    ordered = sorted(by_period, key=lambda each: (read_period(each).last_day, each))
    periods = tuple(_period(indicator, dimension, each, by_period[each]) for each in ordered)
    gaps = [each.gap.absolute for each in periods if each.gap is not None]
    narrows = None if len(gaps) < 2 else abs(gaps[-1]) < abs(gaps[0])
    return Breakdown(indicator.id, dimension, usual(indicator), periods, narrows)


def _period(
    indicator: Indicator, dimension: Dimension, period_id: str, found: Sequence[Contribution]
) -> BreakdownPeriod:
    grouped: dict[str, list[Contribution]] = defaultdict(list)
    for each in found:
        category = each.dimensions.along(dimension)
        if category is not None:
            grouped[category].append(each)
    categories = tuple(
        _category(indicator, name, along_category(indicator, grouped[name], dimension))
        for name in sorted(grouped)
    )
    known = {each.category: each.value for each in categories if each.value is not None}
    period = read_period(period_id)
    return BreakdownPeriod(
        period=period.id,
        financial_year=period.financial_year,
        financial_quarter=period.financial_quarter,
        categories=categories,
        spread=spread(list(known.values())),
        gap=_gap(known, dimension, indicator.polarity),
    )


def _category(indicator: Indicator, name: str, found: list[Contribution]) -> CategoryFigure:
    if len(found) == 1 and found[0].value is not None:
        (one,) = found
        return CategoryFigure(
            category=name,
            value=one.value,
            numerator=one.numerator,
            denominator=one.denominator,
            confidence=confidence(indicator, one.numerator, one.denominator),
            complete=True,
            missing_contributors=(),
            withheld_contributors=(),
        )
    joined = roll_up(indicator, found, usual(indicator))
    return CategoryFigure(
        category=name,
        value=joined.value,
        numerator=joined.numerator,
        denominator=joined.denominator,
        confidence=joined.confidence,
        complete=joined.complete,
        missing_contributors=joined.missing_contributors,
        withheld_contributors=joined.withheld_contributors,
        no_value_because=joined.no_value_because,
    )


def spread(values: Sequence[Decimal]) -> Spread | None:
    """How far values vary; None of fewer than two."""
    if len(values) < 2:
        return None
    ranked = sorted(values)
    half = (len(ranked) + 1) // 2
    with localcontext(prec=60):
        return Spread(
            count=len(ranked),
            lowest=ranked[0],
            lower_quartile=_median(ranked[:half]),
            median=_median(ranked),
            upper_quartile=_median(ranked[-half:]),
            highest=ranked[-1],
            range=ranked[-1] - ranked[0],
            highest_by_lowest=cut(ranked[-1] / ranked[0]) if ranked[0] > 0 else None,
        )


def _median(ranked: Sequence[Decimal]) -> Decimal:
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else cut((ranked[middle - 1] + ranked[middle]) / 2)


def _gap(known: dict[str, Decimal], dimension: Dimension, polarity: Polarity) -> Gap | None:
    if polarity is Polarity.NONE:
        return None
    if dimension is Dimension.DEPRIVATION_QUINTILE:
        ends = (DEPRIVED, LEAST_DEPRIVED)
        if not known.keys() >= set(ends):
            return None
    elif len(known) < 2:
        return None
    else:
        ranked = sorted(known, key=lambda each: (known[each], each))
        ends = (ranked[0], ranked[-1]) if polarity is Polarity.HIGH_IS_GOOD else (ranked[-1], ranked[0])
    worse, better = known[ends[0]], known[ends[1]]
    with localcontext(prec=60):
        absolute = better - worse if polarity is Polarity.HIGH_IS_GOOD else worse - better
        return Gap(ends[0], ends[1], absolute, cut(worse / better) if better > 0 else None)
