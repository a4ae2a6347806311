"""Comparators: named and versioned groups, the same period, and how many measures stand worse than England."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.outcomes.rules.comparator import ComparatorKind, benchmark, check_comparator
from services.outcomes.rules.indicator import ValueType
from shared.errors import Refusal
from tests.outcomes.figures import DOWN, NEITHER, UP, a_comparator, an_indicator

RATE = an_indicator(ValueType.RATE, DOWN, "per 100,000")


def refusal(comparator) -> Refusal:
    with pytest.raises(Refusal) as caught:
        check_comparator(comparator, RATE)
    return caught.value


@pytest.mark.row("S2-O02")
def test_the_average_of_a_group_names_the_group_and_its_version():
    group = {"name": "Nearest neighbours of Plymouth", "area_code": None}
    bare = a_comparator(RATE, {}, ComparatorKind.NEAREST_NEIGHBOURS, **group)
    assert refusal(bare).code == "comparator_group_unnamed"
    versioned = a_comparator(RATE, {}, ComparatorKind.NEAREST_NEIGHBOURS, **group, group_version="2014")
    assert check_comparator(versioned, RATE) is versioned


def test_an_area_has_a_code():
    assert refusal(a_comparator(RATE, {}, area_code=None)).code == "comparator_area_missing"


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"2014Q2": "9"}, "period_not_of_frequency", "/values/0/period"),
        ({"2013April": "9", "2014April": "-1"}, "value_outside_scale", "/values/1/value"),
    ],
)
def test_a_series_holds_figures_of_the_indicator(values, code, pointer):
    refused = refusal(a_comparator(RATE, values))
    assert (refused.code, refused.faults[0].pointer) == (code, pointer)


def test_a_period_stands_once_in_a_series():
    series = a_comparator(RATE, {"2014April": "9"})
    assert refusal(replace(series, values=series.values * 2)).code == "comparator_period_twice"


@pytest.mark.row("S1-O02")
def test_28_of_32_measures_worse_than_england_are_87_5_per_cent():
    worse_high = {f"h{n}": (Decimal(40), Decimal(50), UP) for n in range(14)}
    worse_low = {f"l{n}": (Decimal(60), Decimal(50), DOWN) for n in range(14)}
    better = {f"b{n}": (Decimal(60), Decimal(50), UP) for n in range(3)}
    same = {"s": (Decimal(50), Decimal(50), UP)}
    found = benchmark({**worse_high, **worse_low, **better, **same})
    assert (found.worse, found.compared, found.better, found.same) == (28, 32, 3, 1)
    assert str(found.worse_percent) == "87.5"


def test_what_cannot_be_compared_counts_on_neither_side():
    found = benchmark(
        {
            "no figure": (None, Decimal(1), UP),
            "no england": (Decimal(1), None, UP),
            "no good way": (Decimal(1), Decimal(2), NEITHER),
        }
    )
    assert (found.compared, found.worse_percent) == (0, None)
    assert found.not_compared == ("no figure", "no england", "no good way")
