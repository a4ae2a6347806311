"""How far a figure could lie from the truth by chance alone: 95 % confidence intervals of proportions and rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from functools import lru_cache
from math import exp, lgamma, log

from services.outcomes.rules.indicator import Indicator, Polarity, ValueType
from services.outcomes.rules.measure import cut

# The two-sided 95 % point of the normal distribution, to the digits that published tables give.
_Z = Decimal("1.959964")
LEVEL_PERCENT = 95
# Below this many events the approximation is too rough, and the exact interval is the published standard.
EXACT_BELOW = 10
_TAIL = 0.025


class IntervalMethod(StrEnum):
    """By which method an interval was worked out."""

    WILSON = "wilson"
    BYAR = "byar"
    EXACT = "exact"


class Significance(StrEnum):
    """How a figure stands to another whose own chance is not counted: England's value, or a target."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Confidence:
    """A 95 % confidence interval in the unit of the indicator."""

    low: Decimal
    high: Decimal
    method: IntervalMethod
    level_percent: int = LEVEL_PERCENT


def wilson(numerator: Decimal, denominator: Decimal) -> tuple[Decimal, Decimal]:
    """The Wilson score interval of a proportion, from 0 to 1.

    E. B. Wilson (1927), as in PHE, Technical Guide: Confidence Intervals (2018), section on proportions.
    """
    with localcontext(prec=40):
        z2 = _Z * _Z
        middle = 2 * numerator + z2
        spread = _Z * (z2 + 4 * numerator * (1 - numerator / denominator)).sqrt()
        under = 2 * (denominator + z2)
        return max(Decimal(0), (middle - spread) / under), min(Decimal(1), (middle + spread) / under)


def byar(count: Decimal) -> tuple[Decimal, Decimal]:
    """Byar's approximation of the Poisson interval of a count.

    N. E. Breslow and N. E. Day (1987), Statistical Methods in Cancer Research II; PHE, Technical Guide: Confidence
    Intervals (2018), section on rates. Of no event the lower end is 0.
    """
    with localcontext(prec=40):
        high_count = count + 1
        root = 1 - 1 / (9 * high_count) + _Z / (3 * high_count.sqrt())
        high = high_count * root**3
        if count == 0:
            return Decimal(0), high
        low = count * (1 - 1 / (9 * count) - _Z / (3 * count.sqrt())) ** 3
        return max(Decimal(0), low), high


@lru_cache(maxsize=1000)
def exact(count: Decimal) -> tuple[Decimal, Decimal]:
    """The exact Poisson interval of a count below 10: half the 2.5 % and 97.5 % points of chi-squared.

    F. Garwood (1936): chi2(0.025; 2n) / 2 to chi2(0.975; 2n + 2) / 2. PHE, Technical Guide: Confidence Intervals (2018),
    section on rates, takes it below 10, where Byar's approximation is not close enough. Of no event the lower end is 0.
    """
    low = Decimal(0) if count == 0 else _where(float(count), _TAIL)
    return low, _where(float(count + 1), 1 - _TAIL)


def _where(shape: float, chance: float) -> Decimal:
    """Where a gamma distribution (its shape is half the degrees of freedom) reaches a chance, found by halving."""
    low, high = 0.0, shape + 30
    while (middle := (low + high) / 2) not in {low, high}:
        if _below(middle, shape) < chance:
            low = middle
        else:
            high = middle
    return Decimal(high)


def _below(point: float, shape: float) -> float:
    """The chance of lying below a point: the lower incomplete gamma function by its series, over the whole one."""
    term = total = 1.0
    after = shape
    while term > total * 1e-17:
        after += 1
        term *= point / after
        total += term
    return total * exp(shape * log(point) - point - lgamma(shape + 1))


def confidence(
    indicator: Indicator, numerator: Decimal | None, denominator: Decimal | None
) -> Confidence | None:
    """The interval that a figure's parts allow; None where it is no proportion or rate, or they were not sent.

    A proportion counts some of its denominator; of a rate any number may happen to one person.
    """
    if numerator is None or denominator is None or denominator <= 0 or numerator < 0:
        return None
    with localcontext(prec=40):
        if indicator.value_type is ValueType.PERCENTAGE and numerator <= denominator:
            low, high = wilson(numerator, denominator)
            return Confidence(cut(low * 100), cut(high * 100), IntervalMethod.WILSON)
        if indicator.value_type is ValueType.RATE and indicator.multiplier is not None:
            factor = indicator.multiplier / denominator
            few = numerator < EXACT_BELOW
            low, high = (exact if few else byar)(numerator)
            method = IntervalMethod.EXACT if few else IntervalMethod.BYAR
            return Confidence(cut(low * factor), cut(high * factor), method)
    return None


def significance(
    interval: Confidence | None, other: Decimal | None, polarity: Polarity
) -> Significance | None:
    """Whether the other figure lies outside the interval, and on which side; the method of published profiles."""
    if interval is None or other is None:
        return None
    if interval.low <= other <= interval.high:
        return Significance.SIMILAR
    above = interval.low > other
    if polarity is Polarity.NONE:
        return Significance.HIGHER if above else Significance.LOWER
    return Significance.BETTER if above is (polarity is Polarity.HIGH_IS_GOOD) else Significance.WORSE
