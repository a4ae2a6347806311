"""A contract's value by financial year: it sums to the whole, and a change from a day on leaves the past alone."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.worth import published_worth_pence
from services.contracts.rules.yearly_value import by_year, effects, lifetime_pence, uplifted, values
from shared.money import NOT_STATED, Money
from tests.contracts.things import contract


def test_a_total_is_spread_by_days_and_sums_to_itself() -> None:
    odd = contract(value=Money(100), start_date=date(2013, 4, 1), end_date=date(2016, 3, 31))
    assert sum(each or 0 for each in by_year(odd).values()) == 100
    part = contract(value=Money(36600), start_date=date(2015, 4, 1), end_date=date(2015, 4, 10))
    assert [(each.financial_year, each.amount_pence) for each in values(by_year(part))] == [
        ("2015/16", 36600)
    ]


def test_a_yearly_value_is_due_by_days_of_its_year() -> None:
    yearly = contract(
        value=Money(36600),
        value_basis=ValueBasis.ANNUAL,
        start_date=date(2015, 4, 1),
        end_date=date(2016, 4, 10),
    )
    # 2015/16 has 366 days (29 February 2016), 2016/17 has 365: ten of them cost 1,002.74 pence
    assert [each.amount_pence for each in values(by_year(yearly))] == [36600, 1003]
    assert lifetime_pence(yearly) == 37603
    assert lifetime_pence(replace(yearly, value=NOT_STATED)) is None
    assert by_year(replace(yearly, end_date=None)) == {}


def test_a_change_from_a_day_on_leaves_the_past_alone() -> None:
    yearly = contract(value=Money(36500), value_basis=ValueBasis.ANNUAL)
    more = replace(yearly, value=Money(73000))
    shown = effects(yearly, more, date(2014, 4, 1))
    assert [(each.financial_year, each.change_pence) for each in shown] == [
        ("2013/14", 0), ("2014/15", 36500), ("2015/16", 36500),
    ]  # fmt: skip
    total = contract(value=Money(109_600))  # 1,096 days: a pound a day
    shown = effects(total, replace(total, value=Money(182_600)), date(2014, 4, 1))
    assert [each.after_pence for each in shown] == [36500, 72950, 73150]
    assert sum(each.after_pence or 0 for each in shown) == 182_600
    late = effects(total, replace(total, value=Money(110_000)), date(2016, 3, 31))
    assert [each.change_pence for each in late] == [0, 0, 400]


def test_an_uplift_raises_what_is_still_to_come() -> None:
    yearly = contract(value=Money(1_000_050), value_basis=ValueBasis.ANNUAL)
    assert uplifted(yearly, Fraction("2.5"), date(2014, 4, 1)) == Money(1_025_051)
    total = contract(value=Money(109_600))
    assert uplifted(total, Fraction(10), date(2014, 4, 1)) == Money(109_600 + 7310)


@pytest.mark.parametrize("pence", [1, 99, 36_599, 10_000_000])
@pytest.mark.parametrize("first", [date(2015, 4, 1), date(2015, 3, 31), date(2016, 2, 29), date(2015, 10, 1)])
@pytest.mark.parametrize("last", [date(2016, 3, 1), date(2016, 3, 31), date(2016, 4, 1), date(2020, 2, 29)])
def test_what_a_contract_is_worth_is_the_sum_of_its_years(pence, first, last) -> None:
    yearly = contract(
        value=Money(pence), value_basis=ValueBasis.ANNUAL, start_date=first, end_date=last, max_end_date=None
    )
    assert lifetime_pence(yearly) == sum(each or 0 for each in by_year(yearly).values())


def test_what_is_published_of_a_yearly_value_is_worth_nothing_that_can_be_said_without_its_term() -> None:
    told = {
        "value_pence": 400_000,
        "value_basis": "annual",
        "start_date": "2025-04-01",
        "end_date": "2030-03-31",
    }
    assert published_worth_pence(told) == 2_000_000
    for name in ("value_pence", "start_date", "end_date"):
        assert published_worth_pence({key: value for key, value in told.items() if key != name}) is None
    assert published_worth_pence({"value_pence": 400_000}) == 400_000
