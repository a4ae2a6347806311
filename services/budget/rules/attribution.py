"""How much of a wider spend belongs to one place: dated, sourced factors, multiplied and rounded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import prod

from shared.errors import Kind, reason
from shared.money import Money, Qualifier, half_up

FACTOR_OUT_OF_RANGE = reason(
    "attribution_factor_out_of_range",
    Kind.INVALID,
    "An attribution factor lies between 0 and 1, as 0.45 does.",
)
FACTOR_NOT_IN_EFFECT = reason(
    "attribution_factor_not_in_effect", Kind.CONFLICT, "A factor of this rule is not in effect on that day."
)
RULE_MISSING = reason(
    "attribution_rule_missing", Kind.INVALID, "There is no attribution rule for this spend. Add one first."
)
TOLERANCE = Fraction(1, 100)  # one percentage point: «approximately» in a report is rarely finer


@dataclass(frozen=True, slots=True)
class Count:
    """A count that a factor rests on, with the word that its publisher put before it, and where it stands."""

    value: int
    qualifier: Qualifier | None
    source: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A share that somebody declared: what part, from when, on whose word, and the counts behind it if known."""

    name: str
    rate: Decimal
    source: str
    effective_from: date
    effective_to: date | None = None
    numerator: Count | None = None
    denominator: Count | None = None


@dataclass(frozen=True, slots=True)
class BasisWarning:
    """A declared factor that its own counts do not bear out, with both figures.

    `implied_percent` to one decimal place, with its bound; `denominator_needed` is what the denominator
    would have to be for the declared rate; `amount_pence_if_implied` is the answer with the implied rate.
    """

    factor: str
    declared_percent: Decimal
    implied_percent: Decimal
    implied_is: Qualifier | None
    denominator_needed: int
    amount_pence_if_implied: int | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """What part of an amount belongs to the place. The rate is the exact product of the factors."""

    amount: Money
    rate: Decimal
    factors: tuple[str, ...]
    warnings: tuple[BasisWarning, ...]


def attribute(amount: Money, factors: Sequence[Factor], day: date) -> Attribution:
    """Multiply the factors and round once, at the end, half up: the order of factors does not matter.

    45 % of NEW Devon's spend is the Western Locality's, 60 % of that is Plymouth's: £1,000,000 x 27 % is
    £270,000 (S2-B02). An unknown amount stays unknown.
    """
    for factor in factors:
        _check(factor, day)
    rates = [Fraction(factor.rate) for factor in factors]
    warnings = []
    for index, factor in enumerate(factors):
        implied = _implied(factor)
        if implied is not None and abs(implied - rates[index]) > TOLERANCE:
            others = prod(rates[:index] + rates[index + 1 :], start=Fraction(1))
            warnings.append(_warning(factor, implied, amount, others))
    product = prod(rates, start=Fraction(1))
    share = Money(_times(amount, product), amount.status, amount.qualifier)
    return Attribution(
        share,
        prod((factor.rate for factor in factors), start=Decimal(1)),
        tuple(factor.name for factor in factors),
        tuple(warnings),
    )


def attribute_by_rule(
    amount: Money, provider: str, rules: Mapping[str, Sequence[Factor]], day: date
) -> Attribution:
    """The attribution of a provider's spend by that provider's own rule (S2-B03); no rule, no guess."""
    if provider not in rules:
        raise RULE_MISSING(provider=provider)
    return attribute(amount, rules[provider], day)


def _check(factor: Factor, day: date) -> None:
    if not 0 <= factor.rate <= 1:
        raise FACTOR_OUT_OF_RANGE(factor=factor.name, rate=str(factor.rate))
    if day < factor.effective_from or (factor.effective_to is not None and day > factor.effective_to):
        raise FACTOR_NOT_IN_EFFECT(factor=factor.name, day=day)


def _times(amount: Money, rate: Fraction) -> int | None:
    return None if amount.amount_pence is None else half_up(amount.amount_pence * rate)


def _implied(factor: Factor) -> Fraction | None:
    if factor.numerator is None or factor.denominator is None or factor.denominator.value == 0:
        return None
    return Fraction(factor.numerator.value, factor.denominator.value)


def _warning(factor: Factor, implied: Fraction, amount: Money, others: Fraction) -> BasisWarning:
    assert factor.numerator is not None
    assert factor.denominator is not None
    return BasisWarning(
        factor.name,
        _percent(Fraction(factor.rate)),
        _percent(implied),
        _bound(factor.numerator.qualifier, factor.denominator.qualifier),
        half_up(factor.numerator.value / Fraction(factor.rate)) if factor.rate else 0,
        _times(amount, implied * others),
    )


def _bound(numerator: Qualifier | None, denominator: Qualifier | None) -> Qualifier | None:
    """A denominator of «more than» makes the share «up to», one of «up to» makes it «more than»."""
    if denominator is Qualifier.MORE_THAN and numerator is not Qualifier.MORE_THAN:
        return Qualifier.UP_TO
    if denominator in {Qualifier.UP_TO, Qualifier.ALMOST} and numerator is not Qualifier.UP_TO:
        return Qualifier.MORE_THAN
    return Qualifier.APPROXIMATELY if numerator or denominator else None


def _percent(rate: Fraction) -> Decimal:
    return Decimal(half_up(rate * 1000)) / 10
