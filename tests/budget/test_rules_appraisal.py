"""Appraisal as a rule: present values held against the library, and a rate that is worth nothing to the penny."""

from decimal import Decimal

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.rules.appraisal import Timing, internal_rate, percent, present_value

flows = st.lists(st.integers(-10_000_000_00, 10_000_000_00), min_size=1, max_size=12)
rates = st.decimals("0", "25", places=2)


@settings(max_examples=300, deadline=None)
@given(flows, rates)
def test_present_values_are_those_of_the_library(some, rate):
    for timing, from_zero in ((Timing.START, True), (Timing.END, False)):
        ours = present_value(some, rate, timing)
        theirs = pyxirr.npv(float(rate) / 100, [float(each) for each in some], start_from_zero=from_zero)
        assert abs(float(ours) - theirs) < 0.01
    assert present_value(some, rate, Timing.MID) ** 2 == pytest.approx(
        present_value(some, rate, Timing.START) * present_value(some, rate, Timing.END)
    )


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=10))
def test_a_rate_that_is_given_is_worth_nothing(cost, benefits):
    rate, because = internal_rate([-cost, *benefits])
    assert (rate is None) == (because is not None)
    if rate is not None and rate > -99:
        off = [
            present_value([-cost, *benefits], rate + step, Timing.START)
            for step in (Decimal("-0.01"), Decimal("0.01"))
        ]
        assert off[0] >= 0 >= off[1]


def test_a_part_of_nothing_has_no_percentage():
    assert percent(1, 0) is None


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ((-(10**15), 1), "-100.00"),
        ((-1, 10**15), "99999999999999900.00"),
        ((-100, 0, 1), "-90.00"),
        ((0, 5, -6), "20.00"),
    ],
)
def test_flows_that_change_their_sign_once_have_one_rate(flows, rate):
    assert internal_rate(flows) == (Decimal(rate), None)


def test_the_rate_is_found_by_halving_where_the_solver_finds_none(monkeypatch):
    monkeypatch.setattr("services.budget.rules.appraisal.irr", lambda *_, **__: None)
    for flows, rate in (((-100, 110), "10.00"), ((-100, 0, 121), "10.00"), ((50, -100), "100.00")):
        assert internal_rate(flows) == (Decimal(rate), None)
