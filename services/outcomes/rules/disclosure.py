"""What of a figure about people may be shown to those who see accepted values only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.indicator import Indicator, ValueType
from services.outcomes.rules.measure import Measure, MeasureStatus
from shared.errors import Kind, reason

BASELINE_DISCLOSED = reason(
    "baseline_disclosed",
    Kind.INVALID,
    "A baseline that rests on a few people cannot be shown to observers. Leave its figure to the system.",
)

OBSERVATION_DISCLOSED = reason(
    "observation_disclosed",
    Kind.INVALID,
    "A figure that rests on a few people cannot be shown to observers. Leave what they see to the system.",
)


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """Counts from 1 to the threshold are suppressed, other counts rounded to the nearest `rounding`."""

    threshold: int
    rounding: int


# The rule of NHS England's published sub-national tables (HES): 1 to 7 suppressed, others to the nearest 5.
DEFAULT = DisclosureRule(threshold=7, rounding=5)
SUPPRESSED = Measure(None, MeasureStatus.SUPPRESSED)


def controlled(measure: Measure, indicator: Indicator, rule: DisclosureRule = DEFAULT) -> Measure:
    """The figure as it may be published: never its parts; nothing that rests on a small count of people.

    For indicators that do not count people the value stands as it is. Of the others a count speaks for itself;
    a percentage, rate, ratio, mean or score rests on its numerator and denominator. Where one of the two was not
    sent (or was itself suppressed) nobody can tell how many people it rests on, and it is suppressed.
    """
    if measure.value is None:
        return Measure(None, measure.status)
    value = measure.value
    if indicator.counts_people:
        counts = _counts(measure, indicator)
        if counts is None or any(small(each, rule) for each in counts):
            return SUPPRESSED
        value = _rounded(value, rule) if is_count(indicator) else value
    return Measure(value, measure.status, qualifier=measure.qualifier)


def baseline_shown(baseline: Baseline, indicator: Indicator) -> Baseline:
    """The baseline as observers may see it: suppressed where it rests on a small count of people, and without its parts."""
    measure = controlled(baseline.measure, indicator)
    return replace(
        baseline,
        value=measure.value,
        status=measure.status,
        numerator=None,
        denominator=None,
        qualifier=measure.qualifier if measure.value is not None else None,
    )


def is_count(indicator: Indicator) -> bool:
    return indicator.value_type is ValueType.COUNT


def _counts(measure: Measure, indicator: Indicator) -> tuple[Decimal, ...] | None:
    """The counts of people from which a known figure is made; None where they were not all sent."""
    if measure.value is not None and is_count(indicator):
        return (measure.value,)
    if measure.numerator is None or measure.denominator is None:
        return None
    # The numerator of a share is some of the denominator's people, so the others can be told from it.
    share = indicator.is_percentage is not False or indicator.value_type is ValueType.RATE
    others = (measure.denominator - measure.numerator,) if share else ()
    return (measure.numerator, measure.denominator, *others)


def small(count: Decimal, rule: DisclosureRule) -> bool:
    return 0 < count <= rule.threshold


def _rounded(count: Decimal, rule: DisclosureRule) -> Decimal:
    step = Decimal(rule.rounding)
    return (count / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
