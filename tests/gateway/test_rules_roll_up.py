"""Sums over partnerships, unit costs and counts of ratings: pure rules."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.rules.rating_count import RatingCount, rating_counts
from services.gateway.rules.roll_up import RolledUp, counted_once, less, rolled_up
from services.gateway.rules.unit_cost import Activity, NoUnitCost, unit_cost

ONE, TWO = uuid.uuid4(), uuid.uuid4()
PARTS = st.lists(
    st.one_of(
        st.none(),
        st.builds(RolledUp, st.none() | st.integers(-(10**12), 10**12), st.booleans(), st.just(())),
    ),
    max_size=12,
)


@given(PARTS)
def test_a_sum_is_whole_only_where_every_part_is(parts):
    found = rolled_up(parts)
    known = [each.known_pence for each in parts if each is not None and each.known_pence is not None]
    assert found.known_pence == (sum(known) if known else None)
    assert found.complete is all(each is not None and each.complete for each in parts)
    assert rolled_up(reversed(parts)) == found


def test_whose_part_is_missing_is_named_once():
    parts = [RolledUp(1, False, (TWO, ONE)), RolledUp(2, False, (ONE,))]
    assert rolled_up(parts) == RolledUp(3, False, tuple(sorted({ONE, TWO})))


def test_nothing_is_left_of_what_is_not_known():
    whole, part, nothing = RolledUp(5, True, ()), RolledUp(5, False, ()), RolledUp(None, True, ())
    assert less(whole, RolledUp(7, True, ())) == -2
    for one, other in ((part, whole), (whole, part), (nothing, whole), (whole, nothing)):
        assert less(one, other) is None


def test_what_is_alike_counts_once_and_what_has_no_key_by_itself():
    lines = [("a", 1), ("b", 2), ("a", 3), (None, 4), (None, 5)]
    kept, again = counted_once(lines)
    assert (list(kept), again) == ([1, 2, 4, 5], 1)


def test_ratings_are_counted_by_group_and_those_without_one_come_last():
    rated = [(None, "red"), ("b", "green"), ("a", "unrated"), ("b", "amber"), ("b", "green")]
    assert rating_counts(rated) == (
        RatingCount("a", 0, 0, 0, 1), RatingCount("b", 0, 1, 2, 0), RatingCount(None, 1, 0, 0, 0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pence", "units", "pounds"),
    [(1_00, "3", "0.33"), (2_00, "3", "0.67"), (1, "2", "0.01"), (-1_00, "8", "-0.13"), (0, "5", "0.00"),
     (10**14, "0.5", "2000000000000.00")],
)  # fmt: skip
def test_a_unit_cost_is_to_the_penny_half_up(pence, units, pounds):
    found = unit_cost(pence, True, Activity("2014/15", Decimal(units)), "2014/15")
    assert (found.pounds, found.because) == (Decimal(pounds), None)


def test_a_unit_cost_says_the_first_thing_that_is_in_its_way():
    year = Activity("2014/15", Decimal(1))
    for pence, whole, activity, because in (
        (None, False, Activity(None, None), NoUnitCost.SPEND_NOT_KNOWN),
        (1, False, year, NoUnitCost.SPEND_NOT_WHOLE),
        (1, True, Activity("2014/15", None), NoUnitCost.ACTIVITY_NOT_KNOWN),
        (1, True, Activity(None, Decimal(1)), NoUnitCost.ACTIVITY_OF_ANOTHER_PERIOD),
        (1, True, Activity("2013/14", Decimal(1)), NoUnitCost.ACTIVITY_OF_ANOTHER_PERIOD),
        (1, True, Activity("2014/15", Decimal(1), in_parts=True), NoUnitCost.ACTIVITY_IN_PARTS),
        (1, True, Activity("2014/15", Decimal(0)), NoUnitCost.ACTIVITY_NIL),
    ):
        assert unit_cost(pence, whole, activity, "2014/15").because is because
