"""Attribution: 45 % of 60 %, the warning when counts disagree, and figures that carry their scope."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from services.budget.rules import attribution as rules
from services.budget.rules.addressable_spend import ScopedSpend, add_up
from services.budget.rules.attribution import Count, Factor
from shared.errors import Refusal
from shared.money import TBC, Money, Qualifier

DAY = date(2014, 9, 1)
SINCE = date(2014, 4, 1)
LOCALITY = Factor("western_locality", Decimal("0.45"), "Savings summary, 2.5.1", SINCE)
PLYMOUTH = Factor("plymouth", Decimal("0.60"), "Savings summary, 2.5.1", SINCE)
PCH = Factor("pch_is_plymouth", Decimal(1), "Savings summary, 2.5.1", SINCE)
COUNTED = Factor(
    "plymouth",
    Decimal("0.60"),
    "Savings summary, 2.5.1",
    SINCE,
    numerator=Count(260_000, Qualifier.APPROXIMATELY, "Business case, population of the city"),
    denominator=Count(350_000, Qualifier.MORE_THAN, "Business case, western locality"),
)
RULES = {
    "Plymouth Community Healthcare": (PCH,),
    "Plymouth Hospitals NHS Trust": (PLYMOUTH,),
    "Partnerships": (LOCALITY, PLYMOUTH),
}
MILLION = Money(1_000_000_00)


@pytest.mark.row("S2-B02")
def test_the_chain_multiplies_and_rounds_once_in_any_order():
    step = rules.attribute(MILLION, (LOCALITY,), DAY)
    assert step.amount == Money(450_000_00)
    whole = rules.attribute(MILLION, (LOCALITY, PLYMOUTH), DAY)
    assert (whole.amount, whole.rate) == (Money(270_000_00), Decimal("0.2700"))
    third = Factor("third", Decimal("0.333"), "test", SINCE)
    odd = {
        rules.attribute(Money(10_01), order, DAY).amount
        for order in permutations((LOCALITY, PLYMOUTH, third))
    }
    assert odd == {Money(90)}
    assert rules.attribute(TBC, (LOCALITY,), DAY).amount == TBC


@pytest.mark.row("S2-B03")
def test_every_provider_has_its_own_rule():
    amounts = {
        provider: rules.attribute_by_rule(MILLION, provider, RULES, DAY).amount.amount_pence
        for provider in RULES
    }
    assert list(amounts.values()) == [1_000_000_00, 600_000_00, 270_000_00]
    with pytest.raises(Refusal) as caught:
        rules.attribute_by_rule(MILLION, "Another trust", RULES, DAY)
    assert caught.value.code == "attribution_rule_missing"


@pytest.mark.row("S2-B04")
def test_a_declared_60_percent_is_warned_of_when_its_counts_give_74():
    found = rules.attribute(MILLION, (LOCALITY, COUNTED), DAY)
    assert found.amount == Money(270_000_00)
    (warning,) = found.warnings
    assert (warning.declared_percent, warning.implied_percent) == (Decimal("60.0"), Decimal("74.3"))
    assert warning.implied_is is Qualifier.UP_TO
    assert warning.denominator_needed == 433_333
    assert warning.amount_pence_if_implied == 334_285_71
    assert rules.attribute(MILLION, (LOCALITY, PLYMOUTH), DAY).warnings == ()


@pytest.mark.row("S2-B05")
def test_45_percent_implies_a_larger_or_smaller_ccg():
    locality = Count(350_000, Qualifier.MORE_THAN, "Business case")
    implied = Count(777_778, None, "what 45 % needs")
    consistent = Factor("locality", Decimal("0.45"), "Savings summary", SINCE, None, locality, implied)
    assert rules.attribute(MILLION, (consistent,), DAY).warnings == ()
    public = Factor(
        "locality",
        Decimal("0.45"),
        "s",
        SINCE,
        None,
        locality,
        Count(900_000, Qualifier.APPROXIMATELY, "public source"),
    )
    (warning,) = rules.attribute(MILLION, (public,), DAY).warnings
    assert warning.implied_percent == Decimal("38.9")
    assert warning.denominator_needed == 777_778


@pytest.mark.row("S2-B01", "S2-B06")
def test_addressable_spend_adds_up_within_its_scope_only():
    commissioning = [
        ScopedSpend("commissioning project", "PCC", Money(2_803_219_00)),
        ScopedSpend("commissioning project", "CCG", Money(3_068_022_00)),
    ]
    assert add_up(commissioning).known_pence == 5_871_241_00
    children = [
        ScopedSpend("children and young people", "wellness", Money(11_011_687_00)),
        ScopedSpend("children and young people", "community_intervention", Money(11_405_628_00)),
    ]
    assert add_up(children).known_pence == 22_417_315_00
    base = ScopedSpend("integrated commissioning base", "PCC", Money(22_167_000_00))
    with pytest.raises(Refusal) as caught:
        add_up([*commissioning, base])
    assert caught.value.facts["scopes"] == ["commissioning project", "integrated commissioning base"]


@pytest.mark.parametrize(
    ("factor", "code"),
    [
        (Factor("a", Decimal("1.01"), "s", SINCE), "attribution_factor_out_of_range"),
        (Factor("a", Decimal("-0.1"), "s", SINCE), "attribution_factor_out_of_range"),
        (Factor("a", Decimal("0.5"), "s", date(2014, 9, 2)), "attribution_factor_not_in_effect"),
        (Factor("a", Decimal("0.5"), "s", SINCE, date(2014, 8, 31)), "attribution_factor_not_in_effect"),
    ],
)
def test_a_factor_outside_its_range_or_dates_is_refused(factor, code):
    with pytest.raises(Refusal) as caught:
        rules.attribute(MILLION, (factor,), DAY)
    assert caught.value.code == code
