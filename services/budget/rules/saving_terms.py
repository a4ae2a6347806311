"""What a saving is expected to be: rates on frozen bases, amounts by year, or a contract's tapering price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.budget.rules.saving import (
    Assumption,
    Rates,
    SavingRange,
    assumption_on,
    changed_rates,
    saving_range,
)
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, Total, half_up, total

ONE_METHOD = reason(
    "saving_one_method",
    Kind.INVALID,
    "Say a saving in one way: rates on bases, amounts by year, or a taper of a contract's price.",
)
BASE_NEEDED = reason(
    "saving_base_needed", Kind.INVALID, "Rates need at least one base and the year of the bases."
)
RATE_OUT_OF_RANGE = reason(
    "saving_rate_out_of_range", Kind.INVALID, "A rate is from 0 to 1: 0.02 stands for 2 per cent of the base."
)
RATE_CROSSED = reason(
    "saving_rate_crossed", Kind.INVALID, "The lower end of a saving's range is above its higher end."
)
NAMED_TWICE = reason("saving_named_twice", Kind.INVALID, "Name each year and each organisation once.")
AMOUNT_NEGATIVE = reason("saving_negative", Kind.INVALID, "A base or a saving is not less than nothing.")
SERVICE_NEEDED = reason(
    "saving_service_needed",
    Kind.INVALID,
    "A saving is credited to the service in which it arises, never to the structure that commissions it. Name it.",
)
BIAS_OUT_OF_RANGE = reason(
    "saving_bias_out_of_range", Kind.INVALID, "Optimism bias is from 0 to 100 per cent."
)


class SavingType(StrEnum):
    """What becomes of the money: free to spend, never needed, or taken up by growing demand (S1-B14)."""

    CASHABLE = "cashable"
    COST_AVOIDANCE = "cost_avoidance"
    ABSORBED_BY_DEMAND = "absorbed_by_demand"


class ArisesIn(StrEnum):
    """What kind of spending is saved, which decides who is credited, wherever the saving was found (S1-B15)."""

    SUPPORT_SERVICES = "support_services"
    PREMISES = "premises"
    SERVICE = "service"


CREDITED_TO = {ArisesIn.SUPPORT_SERVICES: "CCO", ArisesIn.PREMISES: "P&OD"}


@dataclass(frozen=True, slots=True)
class Base:
    """One organisation's spending in the base year, or that it is still to be confirmed."""

    organisation_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class YearRates:
    """What part of the bases is saved in a year: 0.02 is 2 %."""

    financial_year: str
    lower: Decimal
    higher: Decimal


@dataclass(frozen=True, slots=True)
class Version:
    """The rates by year, as assumed from a day on (S1-B13)."""

    effective_from: date
    rates: tuple[YearRates, ...]


@dataclass(frozen=True, slots=True)
class YearAmount:
    """A saving of a year as an amount between two ends."""

    financial_year: str
    lower: Money
    higher: Money


@dataclass(frozen=True, slots=True)
class YearPrice:
    """What a contract costs in a year once its price tapers (S2-B22)."""

    financial_year: str
    price_pence: int


@dataclass(frozen=True, slots=True)
class Taper:
    """A contract's yearly price before an investment, and after it year by year."""

    price_before_pence: int
    prices: tuple[YearPrice, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is saved, of what kind, and on which assumptions. The bases are those of `base_year` and stay frozen."""

    type: SavingType
    arises_in: ArisesIn
    service: str | None = None
    base_year: str | None = None
    bases: tuple[Base, ...] = ()
    versions: tuple[Version, ...] = ()
    amounts: tuple[YearAmount, ...] = ()
    taper: Taper | None = None
    optimism_bias_percent: Decimal = Decimal(0)


def check(terms: Terms) -> None:
    """Refuse a saving that is said in more than one way, or whose figures do not hold together."""
    if sum(map(bool, (terms.versions, terms.amounts, terms.taper))) != 1:
        raise ONE_METHOD("/amounts")
    if (terms.arises_in is ArisesIn.SERVICE) != (terms.service is not None):
        raise SERVICE_NEEDED("/service")
    if not 0 <= terms.optimism_bias_percent <= 100:
        raise BIAS_OUT_OF_RANGE("/optimism_bias_percent")
    if terms.versions and (not terms.bases or terms.base_year is None):
        raise BASE_NEEDED("/bases")
    _once([each.organisation_id for each in terms.bases], "/bases")
    for index, base in enumerate(terms.bases):
        if (base.amount.amount_pence or 0) < 0:
            raise AMOUNT_NEGATIVE(f"/bases/{index}/amount/amount_pence")
    for version in terms.versions:
        check_rates(version, "/assumption")
    _check_amounts(terms)


def check_rates(version: Version, under: str = "") -> None:
    """Refuse rates outside 0 to 1 or crossed. `under` is where the version stands in what was sent."""
    _years([each.financial_year for each in version.rates], f"{under}/rates")
    for index, each in enumerate(version.rates):
        for name, rate in (("lower", each.lower), ("higher", each.higher)):
            if not 0 <= rate <= 1:
                raise RATE_OUT_OF_RANGE(f"{under}/rates/{index}/{name}")
        if each.lower > each.higher:
            raise RATE_CROSSED(f"{under}/rates/{index}/lower")


def _check_amounts(terms: Terms) -> None:
    _years([each.financial_year for each in terms.amounts], "/amounts")
    for index, each in enumerate(terms.amounts):
        lower, higher = each.lower.amount_pence, each.higher.amount_pence
        if min(lower or 0, higher or 0) < 0:
            raise AMOUNT_NEGATIVE(f"/amounts/{index}/lower/amount_pence")
        if lower is not None and higher is not None and lower > higher:
            raise RATE_CROSSED(f"/amounts/{index}/lower")
    if terms.taper is None:
        return
    _years([each.financial_year for each in terms.taper.prices], "/taper/prices")
    for index, price in enumerate(terms.taper.prices):
        if not 0 <= price.price_pence <= terms.taper.price_before_pence:
            raise AMOUNT_NEGATIVE(f"/taper/prices/{index}/price_pence")


def _years(years: Sequence[str], at: str) -> None:
    for year in years:
        read_financial_year(year)
    _once(years, at)


def _once(names: Sequence[object], at: str) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise NAMED_TWICE(f"{at}/{index}")


def assumptions(terms: Terms) -> list[Assumption]:
    return [
        Assumption(
            each.effective_from, {one.financial_year: Rates(one.lower, one.higher) for one in each.rates}
        )
        for each in terms.versions
    ]


def ranges(terms: Terms, owner: UUID, day: date | None) -> tuple[SavingRange, ...]:
    """What is saved in each year, on the rates in effect on a day (the latest where none is named)."""
    if terms.taper is not None:
        before = terms.taper.price_before_pence
        saved = {each.financial_year: Money(before - each.price_pence) for each in terms.taper.prices}
        return tuple(_range(owner, year, saved[year], saved[year]) for year in sorted(saved))
    if terms.amounts:
        amounts = sorted(terms.amounts, key=lambda each: each.financial_year)
        return tuple(_range(owner, each.financial_year, each.lower, each.higher) for each in amounts)
    standing = assumption_on(assumptions(terms), day or date.max)
    return tuple(
        saving_range(
            year, [(str(base.organisation_id), base.amount, standing.rates[year]) for base in terms.bases]
        )
        for year in sorted(standing.rates)
    )


def _range(owner: UUID, year: str, lower: Money, higher: Money) -> SavingRange:
    return SavingRange(year, total([(str(owner), lower)]), total([(str(owner), higher)]))


def after_bias(gross: Total, percent: Decimal) -> Total:
    """The figure with optimism bias taken off, half up; shown beside the gross one (S1-B16)."""
    if gross.known_pence is None:
        return gross
    return replace(gross, known_pence=half_up(gross.known_pence * (100 - percent) / 100))


def last_change(terms: Terms) -> dict[str, tuple[Rates | None, Rates | None]]:
    """The years whose rates the latest version changed, each with what it was and what it is."""
    kept = sorted(assumptions(terms), key=lambda each: each.effective_from)
    return changed_rates(kept[-2], kept[-1]) if len(kept) > 1 else {}
