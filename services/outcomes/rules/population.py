"""Denominators: resident and registered populations, their vintage, projections, and the overlap of the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.measure import plain
from shared.errors import Kind, reason
from shared.money import Qualifier

SHARES_NOT_WHOLE = reason(
    "population_shares_not_whole",
    Kind.INVALID,
    "The shares of residents registered here and elsewhere must add up to 100 %.",
)
GROWTH_TOO_LOW = reason(
    "population_growth_too_low",
    Kind.INVALID,
    "A population cannot shrink by 100 % or more. Check the growth.",
)
COUNT_OR_PROJECTION = reason(
    "population_count_or_projection",
    Kind.INVALID,
    "Give either the count, or the population it is projected from with the growth; not both.",
)
PROJECTION_UNKNOWN = reason(
    "population_base_unknown",
    Kind.INVALID,
    "The population that this one is projected from is not on record, or is of another area, basis or age.",
)


class Basis(StrEnum):
    """Who is counted: people who live in the area, or people on the lists of its GP practices."""

    RESIDENT = "resident"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Population:
    """A denominator at one date. `vintage` names the edition of the source (mid-2013 estimates, ...)."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    area_code: str
    area_name: str
    basis: Basis
    age_band: str
    at: date
    vintage: str
    source: str
    count: int
    qualifier: Qualifier | None
    projected_from_id: UUID | None
    growth_percent: Decimal | None


def projected(base: int, growth_percent: Decimal) -> int:
    """A population after growth, in whole people, half up: 260,000 and 2.4 % are 266,240 (S1-O03)."""
    if growth_percent <= -100:
        raise GROWTH_TOO_LOW("/growth_percent")
    with localcontext(prec=60):
        return int((base * (100 + growth_percent) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def base_of(count: int, growth_percent: Decimal) -> int:
    """The population from which a projection started: 46,700 after 4.7 % started from 44,604 (S1-O03)."""
    if growth_percent <= -100:
        raise GROWTH_TOO_LOW("/growth_percent")
    with localcontext(prec=60):
        return int(
            (Decimal(count) * 100 / (100 + growth_percent)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        )


@dataclass(frozen=True, slots=True)
class Overlap:
    """How residents and registered people of one area overlap, in people (S5-O01).

    `registered_elsewhere` live here and are on another area's lists; `living_elsewhere` the other way round,
    None where the source only says that they are more.
    """

    residents: int
    registered_here: int
    registered_elsewhere: int
    living_elsewhere: int | None
    registered: int | None
    registered_exceed_residents: bool | None


def overlap(
    residents: int,
    here_percent: Decimal,
    elsewhere_percent: Decimal,
    living_elsewhere: int | None = None,
    more_come_in_than_go_out: bool | None = None,
) -> Overlap:
    """Split residents by where they are registered, and say which of the two denominators is larger.

    95 % and 5 % of Bury's residents; «a greater number» of non-residents on Bury's lists makes the registered
    population the larger one although the number is not printed. Refuses shares that do not make 100.
    """
    if here_percent + elsewhere_percent != 100 or min(here_percent, elsewhere_percent) < 0:
        raise SHARES_NOT_WHOLE("/here_percent", sum_percent=str(plain(here_percent + elsewhere_percent)))
    with localcontext(prec=60):
        here = int((residents * here_percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    away = residents - here
    registered = None if living_elsewhere is None else here + living_elsewhere
    exceed = more_come_in_than_go_out if registered is None else registered > residents
    return Overlap(residents, here, away, living_elsewhere, registered, exceed)


def check_population(asked: Population, count_stated: bool, base: Population | None) -> Population:
    """The population as it will be kept: counted as stated, or worked out from its base and growth."""
    projection = asked.projected_from_id is not None and asked.growth_percent is not None
    partly = asked.projected_from_id is not None or asked.growth_percent is not None
    if count_stated == partly or partly != projection:
        raise COUNT_OR_PROJECTION("/count")
    if not projection:
        return asked
    if base is None or (base.area_code, base.basis, base.age_band) != (
        asked.area_code,
        asked.basis,
        asked.age_band,
    ):
        raise PROJECTION_UNKNOWN("/projected_from_id")
    assert asked.growth_percent is not None
    count = projected(base.count, asked.growth_percent)
    return replace(asked, count=count, qualifier=base.qualifier)
