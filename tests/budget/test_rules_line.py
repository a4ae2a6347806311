"""Lines: pooled where lawful, aligned where not, shadow before there is an agreement; taken apart to the penny."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from services.budget.rules import line as rules
from services.budget.rules.agreement import State
from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement, LegalBasis, Legality, Line, PoolStanding
from services.budget.rules.pool import Pool, PoolAsked, open_pool, turn_real
from services.budget.rules.scope_rule import leaving_out
from shared.errors import Refusal
from shared.money import Money, allocate
from tests.budget.papers import ACUTE, CCG, PARTNERSHIP, PCC, TERMS, an_agreement

POOL = uuid.UUID(int=0x3)
COMPLEX = PoolStanding(
    POOL,
    PARTNERSHIP,
    Category.COMPLEX_BED_BASED,
    Arrangement.SHADOW,
    frozenset({PCC, CCG}),
    scope_rules=(ACUTE,),
)


def a_line(**changes):
    return replace(
        Line(
            id=uuid.uuid4(),
            partnership_id=PARTNERSHIP,
            owner_organisation_id=PCC,
            pool_id=POOL,
            name="Residential care",
            category=Category.COMPLEX_BED_BASED,
            arrangement=Arrangement.SHADOW,
            financial_year="2014/15",
            budget=Money(100_00),
            legality=Legality(LegalBasis.AGREEMENT_NOT_IN_FORCE, date(2014, 9, 1)),
        ),
        **changes,
    )


def pooled(**changes):
    return a_line(
        arrangement=Arrangement.POOLED,
        financial_year="2015/16",
        legality=Legality(LegalBasis.LAWFUL_TO_POOL, date(2015, 3, 1)),
        **changes,
    )


def refused(code, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value


@pytest.mark.row("S1-B02", "S1-B03")
def test_acute_care_is_of_the_complex_category_and_stays_out_of_its_pool():
    refusal = refused("line_out_of_scope", rules.open_line, a_line(tags=("acute",)), COMPLEX)
    assert refusal.facts["tag"] == "acute"
    outside = a_line(
        name="Acute contract",
        tags=("acute",),
        pool_id=None,
        arrangement=Arrangement.ALIGNED,
        legality=Legality(LegalBasis.OUTSIDE_AGREEMENT, date(2014, 9, 1)),
    )
    kept = rules.open_line(outside, None)
    assert kept.category is Category.COMPLEX_BED_BASED
    assert kept.arrangement is not Arrangement.POOLED
    assert leaving_out((ACUTE,), Category.WELLNESS, ("acute",), date(2014, 9, 1)) is None
    ended = replace(ACUTE, effective_to=date(2015, 3, 31))
    assert leaving_out((ended,), Category.COMPLEX_BED_BASED, ("acute",), date(2015, 4, 1)) is None


@pytest.mark.row("S1-B04")
def test_a_shadow_line_stands_before_there_is_an_agreement_in_force():
    assert rules.open_line(a_line(), COMPLEX).arrangement is Arrangement.SHADOW
    asked = PoolAsked(
        POOL, PARTNERSHIP, uuid.UUID(int=0x75), "Complex", Category.COMPLEX_BED_BASED, Arrangement.SHADOW
    )
    shadow = open_pool(asked, an_agreement())
    assert (shadow.arrangement, shadow.owner_organisation_id) == (Arrangement.SHADOW, PCC)
    real = replace(asked, arrangement=Arrangement.POOLED)
    refused("pool_needs_agreement_in_force", open_pool, real, an_agreement())
    refused("pool_needs_agreement_in_force", turn_real, shadow, an_agreement())
    in_force = replace(an_agreement(), state=State.IN_FORCE)
    assert turn_real(shadow, in_force) == replace(shadow, arrangement=Arrangement.POOLED, version=2)
    assert open_pool(real, in_force).arrangement is Arrangement.POOLED


def test_a_pool_needs_a_host_a_living_agreement_and_never_is_aligned():
    asked = PoolAsked(
        POOL, PARTNERSHIP, uuid.UUID(int=0x75), "Complex", Category.COMPLEX_BED_BASED, Arrangement.SHADOW
    )
    refused("pool_never_aligned", open_pool, replace(asked, arrangement=Arrangement.ALIGNED), an_agreement())
    hostless = an_agreement(terms=replace(TERMS, host_organisation_id=None))
    refused("pool_needs_host", open_pool, asked, hostless)
    ending = replace(an_agreement(), state=State.WINDING_UP)
    refused("pool_agreement_ending", open_pool, asked, ending)
    elsewhere = replace(asked, partnership_id=uuid.uuid4())
    refused("pool_partnership_differs", open_pool, elsewhere, an_agreement())
    already = Pool(
        POOL, PARTNERSHIP, PCC, uuid.UUID(int=0x75), "C", Category.COMPLEX_BED_BASED, Arrangement.POOLED
    )
    assert turn_real(already, replace(an_agreement(), state=State.IN_FORCE)) is already


@pytest.mark.row("S5-B01", "S5-B02")
@pytest.mark.parametrize(
    ("functions", "tags", "in_force", "expected"),
    [
        (("community_nursing",), (), True, (Arrangement.POOLED, LegalBasis.LAWFUL_TO_POOL)),
        (("community_nursing",), (), False, (Arrangement.SHADOW, LegalBasis.AGREEMENT_NOT_IN_FORCE)),
        (("surgery",), (), True, (Arrangement.ALIGNED, LegalBasis.STATUTORY_EXCLUSION)),
        (("emergency_ambulance",), ("acute",), False, (Arrangement.ALIGNED, LegalBasis.STATUTORY_EXCLUSION)),
        (("outpatients",), ("acute",), True, (Arrangement.ALIGNED, LegalBasis.OUTSIDE_AGREEMENT)),
    ],
)
def test_pooled_where_legally_possible_and_aligned_where_not(functions, tags, in_force, expected):
    found = rules.arrange(functions, tags, Category.COMPLEX_BED_BASED, (ACUTE,), date(2016, 10, 1), in_force)
    assert found == expected


@pytest.mark.row("S5-B01")
def test_an_excluded_function_is_not_pooled_and_may_be_shown_as_shadow():
    in_force = replace(COMPLEX, arrangement=Arrangement.POOLED, commenced_on=date(2015, 4, 1))
    surgery = pooled(functions=("surgery", "residential_care"))
    refusal = refused("line_statutorily_excluded", rules.open_line, surgery, in_force)
    assert refusal.facts["functions"] == ["surgery"]
    shadow = a_line(
        functions=("surgery",), legality=Legality(LegalBasis.STATUTORY_EXCLUSION, date(2016, 10, 1))
    )
    rules.open_line(shadow, COMPLEX)


@pytest.mark.row("S4-B01")
def test_an_aligned_line_stays_in_its_owner_s_ledger():
    choice = Legality(LegalBasis.PARTNERS_CHOICE, date(2013, 10, 15), "Pooling was considered and rejected")
    aligned = a_line(arrangement=Arrangement.ALIGNED, pool_id=None, legality=choice)
    assert rules.open_line(aligned, None) == aligned
    refused("line_aligned_in_pool", rules.open_line, replace(aligned, pool_id=POOL), COMPLEX)


def test_a_pooled_line_needs_a_pool_in_force_in_its_year():
    in_force = replace(COMPLEX, arrangement=Arrangement.POOLED, commenced_on=date(2015, 4, 1))
    assert rules.open_line(pooled(), in_force)
    early = replace(pooled(), financial_year="2014/15")
    refused("line_before_commencement", rules.open_line, early, in_force)
    refused("line_needs_pool", rules.open_line, pooled(), None)
    refused("line_differs_from_pool", rules.open_line, pooled(), COMPLEX)
    stranger = replace(pooled(), owner_organisation_id=uuid.uuid4())
    refused("line_not_a_party", rules.open_line, stranger, in_force)
    wrong_need = replace(pooled(), category=Category.WELLNESS)
    refused("line_differs_from_pool", rules.open_line, wrong_need, in_force)
    assert rules.open_line(a_line(), in_force)  # a late paper of the shadow year


def test_the_recorded_reason_goes_with_the_arrangement():
    lawful = Legality(LegalBasis.LAWFUL_TO_POOL, date(2015, 3, 1))
    refused("line_basis_mismatch", rules.open_line, a_line(legality=lawful), COMPLEX)


@pytest.mark.row("S5-B14")
def test_the_parts_of_a_line_add_up_to_it():
    parts = allocate(1_000_01, (3, 2, 2))
    assert rules.check_parts(1_000_01, parts) == parts
    refusal = refused("line_parts_differ", rules.check_parts, 1_000_01, (500_00, 500_00))
    assert refusal.facts["out_by_pence"] == -1
