"""What of a figure about people may be shown to those who see accepted values only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.outcomes.rules.indicator import Indicator, ValueType
from services.outcomes.rules.measure import Measure, MeasureStatus


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """Counts from 1 to the threshold are suppressed, other counts rounded to the nearest `rounding`."""

    threshold: int
    rounding: int


# The rule of NHS England's published sub-national tables (HES): 1 to 7 suppressed, others to the nearest 5.
DEFAULT = DisclosureRule(threshold=7, rounding=5)
_SUPPRESSED = Measure(None, MeasureStatus.SUPPRESSED)


def controlled(measure: Measure, indicator: Indicator, rule: DisclosureRule = DEFAULT) -> Measure:
    """The figure as it may be published: never its parts; nothing that rests on a small count of people.

    For indicators that do not count people the value stands as it is.
    """
    if measure.value is None:
        return Measure(None, measure.status)
    if not indicator.counts_people:
        return Measure(measure.value, measure.status, qualifier=measure.qualifier)
    if indicator.value_type is ValueType.COUNT:
        if _small(measure.value, rule):
            return _SUPPRESSED
        return Measure(_rounded(measure.value, rule), measure.status, qualifier=measure.qualifier)
    rest = (
        None
        if measure.numerator is None or measure.denominator is None
        else measure.denominator - measure.numerator
    )
    complement = rest if indicator.is_percentage else None
    if any(
        _small(part, rule)
        for part in (measure.numerator, measure.denominator, complement)
        if part is not None
    ):
        return _SUPPRESSED
    return Measure(measure.value, measure.status, qualifier=measure.qualifier)


def _small(count: Decimal, rule: DisclosureRule) -> bool:
    return 0 < count <= rule.threshold


def _rounded(count: Decimal, rule: DisclosureRule) -> Decimal:
    step = Decimal(rule.rounding)
    return (count / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
