"""Populations: projections forth and back, and where residents and registered people overlap."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from services.outcomes.rules.population import (
    Basis,
    Population,
    Registration,
    check_population,
    overlap,
)
from shared.errors import Refusal
from shared.money import Qualifier

PARTNERSHIP = uuid.uuid4()


def a_population(count: int | None = 260_000, **changes) -> Population:
    return Population(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": uuid.uuid4(),
            "area_code": "E06000026",
            "area_name": "Plymouth",
            "basis": Basis.RESIDENT,
            "age_band": "all",
            "at": date(2014, 6, 30),
            "vintage": "Business case, 2014",
            "source": "Business case, 2014",
            "count": count,
            "qualifier": Qualifier.APPROXIMATELY,
            "projected_from_id": None,
            "growth_percent": None,
            "base_count": None,
            "registration": None,
            **changes,
        }
    )


def code_of(do, *arguments) -> str:
    with pytest.raises(Refusal) as caught:
        do(*arguments)
    return caught.value.code


@pytest.mark.row("S1-O03")
def test_260_000_growing_by_2_4_per_cent_are_266_240():
    base = a_population()
    later = a_population(
        None, projected_from_id=base.id, growth_percent=Decimal("2.4"), at=date(2017, 6, 30), qualifier=None
    )
    kept = check_population(later, base)
    assert (kept.count, kept.base_count, kept.vintage) == (266_240, 260_000, "Business case, 2014")
    assert kept.qualifier is Qualifier.APPROXIMATELY


@pytest.mark.row("S1-O03")
def test_46_700_after_growing_by_4_7_per_cent_were_44_604():
    older = a_population(46_700, age_band="65+", growth_percent=Decimal("4.7"))
    assert check_population(older, None).base_count == 44_604


@pytest.mark.row("S5-O01")
def test_95_and_5_per_cent_of_residents_are_registered_here_and_elsewhere():
    found = overlap(187_900, Registration(Decimal(95), Decimal(5), more_come_in_than_go_out=True))
    assert (found.registered_here, found.registered_elsewhere) == (178_505, 9_395)
    assert found.registered_here + found.registered_elsewhere == found.residents
    assert (found.registered, found.registered_exceed_residents) == (None, True)
    counted = overlap(187_900, Registration(Decimal(95), Decimal(5), living_elsewhere=12_000))
    assert (counted.registered, counted.registered_exceed_residents) == (190_505, True)
    fewer = overlap(187_900, Registration(Decimal(95), Decimal(5), living_elsewhere=9_000))
    assert fewer.registered_exceed_residents is False
    assert code_of(overlap, 187_900, Registration(Decimal(95), Decimal(6))) == "population_shares_not_whole"
    assert code_of(overlap, 187_900, Registration(Decimal(105), Decimal(-5))) == "population_shares_not_whole"


def test_a_population_is_counted_or_projected():
    base = a_population()
    growth = {"growth_percent": Decimal("2.4")}
    assert code_of(check_population, a_population(None), None) == "population_count_or_projection"
    both = a_population(1, projected_from_id=base.id, **growth)
    assert code_of(check_population, both, base) == "population_count_or_projection"
    no_growth = a_population(None, projected_from_id=base.id)
    assert code_of(check_population, no_growth, base) == "population_count_or_projection"
    orphan = a_population(None, projected_from_id=uuid.uuid4(), **growth)
    assert code_of(check_population, orphan, None) == "population_base_unknown"
    other_age = a_population(None, projected_from_id=base.id, age_band="65+", **growth)
    assert code_of(check_population, other_age, base) == "population_base_unknown"
    gone = a_population(None, projected_from_id=base.id, growth_percent=Decimal(-100))
    assert code_of(check_population, gone, base) == "population_growth_too_low"


def test_where_people_are_registered_is_said_of_residents():
    registration = Registration(Decimal(95), Decimal(5))
    kept = check_population(a_population(registration=registration), None)
    assert kept.overlap is not None
    registered = a_population(registration=registration, basis=Basis.REGISTERED)
    assert code_of(check_population, registered, None) == "population_registration_of_residents"
