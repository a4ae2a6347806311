"""Denominators: resident and registered populations, their vintage, projections and overlap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.measure import plain
from shared.errors import Kind, reason
from shared.money import Qualifier

POPULATION_TWICE = reason(
    "population_taken",
    Kind.CONFLICT,
    "This vintage of the population is on record already. A newer estimate has a vintage of its own.",
)
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
GROWTH_TOO_FAR = reason(
    "population_growth_too_far",
    Kind.INVALID,
    "With this growth one of the two populations has more than 1,000,000,000 people. Check the growth.",
)
COUNT_OR_PROJECTION = reason(
    "population_count_or_projection",
    Kind.INVALID,
    "Give either the count, or the population that it is projected from together with the growth.",
)
BASE_UNKNOWN = reason(
    "population_base_unknown",
    Kind.INVALID,
    "The population that this one is projected from is not on record, or is of another area, basis or age.",
)
SHARE_UNKNOWN = reason(
    "population_share_unknown",
    Kind.INVALID,
    "A share is of a population on record, of the same area and basis, and is said in per cent from 0 to 100.",
)
SHARE_DISAGREES = reason(
    "population_share_disagrees",
    Kind.INVALID,
    "The count is not this share of the whole population. Check the count, the share and the whole.",
)
REGISTRATION_OF_RESIDENTS = reason(
    "population_registration_of_residents",
    Kind.INVALID,
    "Where people are registered is said of the resident population. Leave it out here.",
)


MOST_PEOPLE = 10**9


class Basis(StrEnum):
    """Who is counted: people who live in the area, or people on the lists of its GP practices."""

    RESIDENT = "resident"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Registration:
    """Where residents are registered with a GP, in per cent, and who comes in from outside (S5-O01).

    `living_elsewhere` are people of other areas on this area's lists; where the source prints no number,
    `more_come_in_than_go_out` says whether they are more than the residents registered elsewhere.
    """

    here_percent: Decimal
    elsewhere_percent: Decimal
    living_elsewhere: int | None = None
    more_come_in_than_go_out: bool | None = None


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


@dataclass(frozen=True, slots=True)
class Population:
    """A denominator at one date. `vintage` names the edition of the source (mid-2013 estimates, ...).

    A projection names its growth, and either the population that it starts from or, where the source prints
    only the result, that result: `base_count` is then what it must have started from. A share of another population
    (18 % are over 65) keeps what the share comes to beside what the source prints: both may be bounds.
    """

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
    count: int | None
    qualifier: Qualifier | None
    projected_from_id: UUID | None
    growth_percent: Decimal | None
    base_count: int | None
    registration: Registration | None
    share_of_id: UUID | None = None
    share_percent: Decimal | None = None
    share_count: int | None = None
    overlap: Overlap | None = None
    recorded_at: datetime | None = None


def projected(base: int, growth_percent: Decimal) -> int:
    """A population after growth, in whole people, half up: 260,000 and 2.4 % are 266,240 (S1-O03)."""
    if growth_percent <= -100:
        raise GROWTH_TOO_LOW("/growth_percent")
    with localcontext(prec=60):
        return _people(base * (100 + growth_percent) / 100)


def base_of(count: int, growth_percent: Decimal) -> int:
    """The population from which a projection started: 46,700 after 4.7 % started from 44,604 (S1-O03)."""
    if growth_percent <= -100:
        raise GROWTH_TOO_LOW("/growth_percent")
    with localcontext(prec=60):
        return _people(Decimal(count) * 100 / (100 + growth_percent))


def _people(exact: Decimal) -> int:
    found = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if found > MOST_PEOPLE:
        raise GROWTH_TOO_FAR("/growth_percent")
    return found


def overlap(residents: int, registration: Registration) -> Overlap:
    """Split residents by where they are registered, and say which of the two denominators is larger.

    95 % and 5 % of Bury's residents; «a greater number» of non-residents on Bury's lists makes the registered
    population the larger one although the number is not printed. Refuses shares that do not make 100.
    """
    inside, outside = registration.here_percent, registration.elsewhere_percent
    if inside + outside != 100 or min(inside, outside) < 0:
        raise SHARES_NOT_WHOLE("/registration/here_percent", sum_percent=str(plain(inside + outside)))
    with localcontext(prec=60):
        here = int((residents * inside / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    coming = registration.living_elsewhere
    registered = None if coming is None else here + coming
    exceed = registration.more_come_in_than_go_out if registered is None else registered > residents
    return Overlap(residents, here, residents - here, coming, registered, exceed)


def check_share(asked: Population, whole: Population | None) -> Population:
    """The population with what its share of the whole comes to; refuses a count that differs from it by over 1 %.

    «18 % of more than 350,000 (almost 63,000)»: 63,000, and both figures stay bounds (S1-O04).
    """
    share = asked.share_percent
    if asked.share_of_id is None and share is None:
        return asked
    same = whole is not None and (whole.partnership_id, whole.area_code, whole.basis) == (
        asked.partnership_id,
        asked.area_code,
        asked.basis,
    )
    if whole is None or whole.count is None or not same or share is None or not 0 <= share <= 100:
        raise SHARE_UNKNOWN("/share_percent" if same else "/share_of_id")
    with localcontext(prec=60):
        comes_to = int((whole.count * share / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if asked.count is not None and abs(asked.count - comes_to) * 100 > comes_to:
        raise SHARE_DISAGREES("/count", share_count=comes_to)
    return replace(asked, share_count=comes_to)


def check_population(asked: Population, base: Population | None) -> Population:
    """The population as it will be kept: counted as stated, or worked out from its base and growth."""
    if (asked.count is None) == (asked.projected_from_id is None):
        raise COUNT_OR_PROJECTION("/count")
    growth = asked.growth_percent
    if asked.projected_from_id is not None:
        same = base is not None and _kin(base) == _kin(asked)
        if base is None or base.count is None or not same:
            raise BASE_UNKNOWN("/projected_from_id")
        if growth is None:
            raise COUNT_OR_PROJECTION("/growth_percent")
        count = projected(base.count, growth)
        asked = replace(asked, count=count, qualifier=base.qualifier, base_count=base.count)
    elif growth is not None and asked.count is not None:
        asked = replace(asked, base_count=base_of(asked.count, growth))
    if asked.registration is None:
        return asked
    if asked.basis is not Basis.RESIDENT:
        raise REGISTRATION_OF_RESIDENTS("/registration")
    assert asked.count is not None
    return replace(asked, overlap=overlap(asked.count, asked.registration))


def _kin(population: Population) -> tuple[UUID, str, Basis, str]:
    return (population.partnership_id, population.area_code, population.basis, population.age_band)
