"""Areas, roll-ups and breakdowns, by the rules alone."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outcomes.rules.area import Area, AreaChange, AreaHierarchy, check_hierarchy, present, within
from services.outcomes.rules.breakdown import breakdown, spread
from services.outcomes.rules.dimension import Dimension, Dimensions
from services.outcomes.rules.indicator import ValueType
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.roll_up import Contribution, NoValue, Weighting, roll_up, topmost
from shared.errors import Refusal
from tests.outcomes.figures import DOWN, OWNER, PARTNERSHIP, an_indicator

RATE = an_indicator(ValueType.RATE, DOWN, "per 100,000")
COUNT = an_indicator(ValueType.COUNT, DOWN, "people")


def hierarchy(*areas: tuple[str, ...], changes=()) -> AreaHierarchy:
    made = tuple(
        Area(code, code.title(), "area", above) for code, *above_ in areas for above in [tuple(above_)]
    )
    return AreaHierarchy(uuid.uuid4(), PARTNERSHIP, OWNER, "Devon", "2019", "ONS", made, tuple(changes))


def given_figure(value, numerator=None, denominator=None, *, place="bury", **more) -> Contribution:
    dimensions = more.pop("dimensions", Dimensions(area=place))
    return Contribution(
        uuid.uuid4(),
        RATE.id,
        more.pop("provider", uuid.uuid4()),
        dimensions,
        None if value is None else Decimal(value),
        more.pop("status", MeasureStatus.ACTUAL if value is not None else None),
        None if numerator is None else Decimal(numerator),
        None if denominator is None else Decimal(denominator),
        **more,
    )


@pytest.mark.parametrize(
    ("areas", "changes", "code"),
    [
        ([("bury",), ("bury",)], [], "area_twice"),
        ([("bury", "manchester")], [], "area_parent_unknown"),
        ([("a", "b"), ("b", "c"), ("c", "a")], [], "area_loop"),
        ([("a", "a")], [], "area_loop"),
        ([("a",)], [AreaChange("x", "y", date(2019, 4, 1))], "area_change_nowhere"),
        ([("a",)], [AreaChange("a", "a", date(2019, 4, 1))], "area_change_nowhere"),
        (
            [("a",), ("b",)],
            [AreaChange("x", "a", date(2019, 4, 1)), AreaChange("x", "b", date(2019, 4, 1))],
            "area_split_unshared",
        ),
        (
            [("a",), ("b",)],
            [
                AreaChange("x", "a", date(2019, 4, 1), Decimal(60)),
                AreaChange("x", "b", date(2019, 4, 1), Decimal(50)),
            ],
            "area_split_unshared",
        ),
        ([("a",)], [AreaChange("x", "a", date(2019, 4, 1), Decimal(50))], "area_split_unshared"),
        *(
            (
                [("a",), ("b",)],
                [
                    AreaChange("x", "a", date(2019, 4, 1), Decimal(share)),
                    AreaChange("x", "b", date(2019, 4, 1), Decimal(100 - share)),
                ],
                "area_share_unfit",
            )
            for share in (0, -20, 120)
        ),
    ],
)
def test_areas_that_cannot_be_are_refused(areas, changes, code):
    with pytest.raises(Refusal) as refused:
        check_hierarchy(hierarchy(*areas, changes=changes))
    assert refused.value.code == code


def test_a_code_that_was_replaced_counts_for_what_the_area_became():
    """NEW Devon and South Devon and Torbay merged on 1 April 2019; a split area goes by shares."""
    day = date(2019, 4, 1)
    made = check_hierarchy(
        hierarchy(
            ("15N",),
            ("a",),
            ("b",),
            changes=[
                AreaChange("99P", "15N", day),
                AreaChange("99Q", "15N", day),
                AreaChange("x", "a", day, Decimal(60)),
                AreaChange("x", "b", day, Decimal(40)),
            ],
        )
    )
    assert [present(made, each) for each in ("99P", "99Q", "15N", "nowhere")] == [
        (("15N", 1),),
        (("15N", 1),),
        (("15N", 1),),
        (),
    ]
    assert present(made, "x") == (("a", Decimal("0.6")), ("b", Decimal("0.4")))


def test_an_area_to_which_nothing_went_gets_nothing():
    """Such a share is refused now; of one that was recorded before, the other part is all there is."""
    day = date(2019, 4, 1)
    parts = [AreaChange("x", "a", day, Decimal(0)), AreaChange("x", "b", day, Decimal(100))]
    assert present(hierarchy(("a",), ("b",), changes=parts), "x") == (("b", 1),)


def test_of_a_council_and_its_townships_nobody_is_counted_twice():
    made = check_hierarchy(
        hierarchy(("gm",), ("bury", "gm"), ("bury-east", "bury"), ("bolton", "gm"), ("leeds",))
    )
    inside = within(made, "gm")
    assert set(inside) == {"gm", "bury", "bury-east", "bolton"}
    figures = [given_figure("1", place=each) for each in ("gm", "bury", "bury-east", "bolton", "leeds")]
    own, below = topmost(figures, inside, "gm")
    assert [each.dimensions.place for each in own] == ["gm"]
    assert [each.dimensions.place for each in below] == ["bury", "bolton"]
    with pytest.raises(Refusal) as refused:
        within(made, "nowhere")
    assert refused.value.code == "area_unknown"


def test_rates_are_joined_by_their_denominators_and_never_added():
    """50 of 10,000 and 10 of 40,000 are 60 of 50,000: 120 per 100,000, and not the mean of 500 and 25."""
    figures = [given_figure("500", "50", "10000"), given_figure("25", "10", "40000", place="bolton")]
    joined = roll_up(RATE, figures, Weighting.DENOMINATOR)
    assert (joined.value, joined.numerator, joined.denominator, joined.complete) == (120, 60, 50000, True)
    assert joined.confidence is not None
    assert joined.confidence.low < 120 < joined.confidence.high
    assert roll_up(RATE, figures, Weighting.EQUAL).value == Decimal("262.5")
    by_people = roll_up(RATE, figures, Weighting.POPULATION, {"bury": 30, "bolton": 70})
    assert by_people.value == Decimal("167.5")
    for indicator, weighting in (
        (RATE, Weighting.SUM),
        (COUNT, Weighting.EQUAL),
        (COUNT, Weighting.DENOMINATOR),
    ):
        with pytest.raises(Refusal) as refused:
            roll_up(indicator, figures, weighting)
        assert refused.value.code == "roll_up_weighting_unfit"


def test_what_is_missing_is_named_and_what_is_withheld_leaves_no_value():
    here, there, owing = (uuid.uuid4() for _ in range(3))
    known = given_figure("10", provider=here)
    missing = given_figure(None, provider=owing)
    said = given_figure(None, provider=there, status=MeasureStatus.NOT_YET_AVAILABLE)
    joined = roll_up(COUNT, [known, missing, said], Weighting.SUM)
    assert (joined.value, joined.complete) == (10, False)
    assert joined.missing_contributors == tuple(sorted((owing, there)))
    hidden = given_figure(None, provider=there, status=MeasureStatus.SUPPRESSED, raw=False)
    joined = roll_up(COUNT, [known, hidden], Weighting.SUM)
    assert (joined.value, joined.withheld_contributors, joined.complete) == (None, (there,), False)
    published = given_figure("500", raw=False, provider=here)
    joined = roll_up(RATE, [published], Weighting.DENOMINATOR)
    assert (joined.value, joined.withheld_contributors) == (None, (here,))
    unweighed = roll_up(RATE, [given_figure("500", provider=here)], Weighting.DENOMINATOR)
    assert (unweighed.value, unweighed.missing_contributors) == (None, (here,))
    nowhere = roll_up(RATE, [given_figure("5", provider=here)], Weighting.POPULATION, {})
    assert (nowhere.value, nowhere.missing_contributors) == (None, (here,))


def test_places_without_people_weigh_nothing_and_give_no_value():
    joined = roll_up(RATE, [given_figure("5")], Weighting.POPULATION, {"bury": 0})
    assert (joined.value, joined.complete, joined.no_value_because) == (None, False, NoValue.NO_WEIGHT)
    missing = roll_up(RATE, [given_figure(None)], Weighting.DENOMINATOR)
    assert (missing.value, missing.no_value_because) == (None, NoValue.NOTHING_KNOWN)
    hidden = given_figure(None, status=MeasureStatus.SUPPRESSED)
    assert roll_up(COUNT, [hidden], Weighting.SUM).no_value_because is NoValue.WITHHELD
    assert roll_up(COUNT, [given_figure("5")], Weighting.SUM).no_value_because is None


def test_what_is_not_applicable_is_neither_missing_nor_nought():
    nothing = given_figure(None, status=MeasureStatus.NOT_APPLICABLE)
    joined = roll_up(COUNT, [given_figure("5"), nothing], Weighting.SUM)
    assert (joined.value, joined.complete, joined.missing_contributors, joined.contributions) == (
        5,
        True,
        (),
        1,
    )
    alone = roll_up(COUNT, [nothing], Weighting.SUM)
    assert (alone.value, alone.complete, alone.missing_contributors) == (None, False, ())


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10_000)), min_size=1, max_size=8))
def test_a_roll_up_lies_between_its_parts_whatever_their_order(parts):
    figures = [given_figure(str(Decimal(n) * 100000 / d), str(n), str(d)) for n, d in parts]
    joined = roll_up(RATE, figures, Weighting.DENOMINATOR)
    values = [Decimal(n) * 100000 / d for n, d in parts]
    assert joined.value is not None
    assert min(values) - 1 <= joined.value <= max(values) + 1
    assert roll_up(RATE, figures[::-1], Weighting.DENOMINATOR).value == joined.value


def test_the_gap_between_the_most_and_least_deprived_narrows():
    def fifth(which, n):
        return given_figure(str(n), str(n), "100000", dimensions=Dimensions(deprivation_quintile=which))

    found = breakdown(
        RATE,
        Dimension.DEPRIVATION_QUINTILE,
        {
            "2014Q3": [fifth("1", 180), fifth("5", 100), fifth("3", 150)],
            "2014Q2": [fifth("1", 200), fifth("5", 100)],
        },
    )
    assert [each.period for each in found.periods] == ["2014Q2", "2014Q3"]
    gaps = [each.gap for each in found.periods]
    assert [(each.absolute, each.relative) for each in gaps if each] == [(100, 2), (80, Decimal("1.8"))]
    assert found.gap_narrows is True
    alone = breakdown(RATE, Dimension.DEPRIVATION_QUINTILE, {"2014Q2": [fifth("1", 200), fifth("2", 100)]})
    assert (alone.periods[0].gap, alone.gap_narrows) == (None, None)


def test_a_spread_is_that_of_the_figures():
    found = spread([Decimal(each) for each in (8, 2, 4, 6, 10)])
    assert found is not None
    assert (found.lowest, found.lower_quartile, found.median, found.upper_quartile, found.highest) == (
        2,
        4,
        6,
        8,
        10,
    )
    assert (found.range, found.highest_by_lowest) == (8, 5)
    assert spread([Decimal(1)]) is None
