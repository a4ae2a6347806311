"""Changes: what a «5 %» comes to, in both readings, and what is refused because it could be read in two ways."""

from decimal import Decimal

import pytest

from services.outcomes.rules.change import AMBIGUOUS_CHANGE, Direction, Reading
from services.outcomes.rules.indicator import ValueType
from services.outcomes.rules.resolution import Sense, Stage, Unresolved
from services.outcomes.rules.target import Interpolation, Milestone, TargetKind
from shared.errors import Refusal
from shared.money import Qualifier
from tests.outcomes.figures import (
    DOWN,
    NEITHER,
    UP,
    a_target,
    an_indicator,
    measure,
    percentage,
    resolved,
    stated_change,
)

RELATIVE, POINTS, HALT = TargetKind.RELATIVE_CHANGE, TargetKind.POINT_CHANGE, TargetKind.HALT_THEN_REDUCE


def refusal(do, *arguments, **named) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(*arguments, **named)
    return caught.value


@pytest.mark.row("S2-O06", "S2-O07")
@pytest.mark.parametrize(("baseline", "figure"), [("8.31", "7.8945"), ("33.05", "31.3975")])
def test_five_per_cent_off_days_is_relative_without_asking(baseline, figure):
    days = an_indicator()
    target = stated_change(days, measure(baseline), "5", Direction.DECREASE)
    assert (target.kind, target.reading) == (RELATIVE, Reading.RELATIVE)
    found = resolved(target, days, measure(baseline))
    assert str(found.value) == figure
    assert found.sense is Sense.AT_MOST


@pytest.mark.row("S2-O10", "S2-O20")
@pytest.mark.parametrize(
    ("baseline", "change", "relative", "points"),
    [("89.30", "2", "91.086", "91.3"), ("48", "5", "50.4", "53")],
)
def test_a_change_in_per_cent_of_a_percentage_is_refused_with_both_readings(
    baseline, change, relative, points
):
    indicator = percentage()
    refused = refusal(stated_change, indicator, measure(baseline), change)
    assert refused.reason is AMBIGUOUS_CHANGE
    assert (refused.facts["relative_change"], refused.facts["point_change"]) == (relative, points)
    assert refused.faults[0].pointer == "/kind"
    for kind, figure in ((RELATIVE, relative), (POINTS, points)):
        target = stated_change(indicator, measure(baseline), change, kind=kind)
        assert str(resolved(target, indicator, measure(baseline)).value) == figure


@pytest.mark.row("S2-O10")
def test_the_cap_of_a_percentage_rules_a_reading_out_but_never_chooses_for_anybody():
    indicator = percentage()
    refused = refusal(stated_change, indicator, measure("97"), "5")
    assert refused.code == "target_change_ambiguous"
    assert refused.facts["outside_scale"] == ["relative", "points"]
    over = refusal(stated_change, indicator, measure("97"), "5", kind=POINTS)
    assert over.code == "target_outside_scale"
    assert (over.facts["target"], over.facts["scale_high"]) == ("102", "100")


@pytest.mark.row("S2-O15")
def test_the_quality_of_life_score_takes_the_relative_reading_and_its_scale_refuses_the_other():
    score = an_indicator(ValueType.SCORE, UP, "score", scale_low="0", scale_high="24")
    target = stated_change(score, measure("19.4"), "5")
    assert str(resolved(target, score, measure("19.4")).value) == "20.37"
    refused = refusal(stated_change, score, measure("19.4"), "5", kind=POINTS)
    assert refused.code == "target_outside_scale"
    assert (refused.facts["target"], refused.facts["scale_high"]) == ("24.4", "24")


@pytest.mark.row("S2-O16")
def test_a_figure_without_a_unit_may_be_a_percentage_and_is_asked_about():
    bare = an_indicator(ValueType.NOT_STATED, UP, None)
    refused = refusal(stated_change, bare, measure("83.4"), "5")
    assert refused.code == "target_change_ambiguous"
    assert (refused.facts["relative_change"], refused.facts["point_change"]) == ("87.57", "88.4")
    assert refused.facts["unit"] is None


@pytest.mark.row("S2-O17", "S2-O18")
@pytest.mark.parametrize(
    ("baseline", "change", "relative", "points"),
    [("32", "15.3", "27.104", "16.7"), ("25", "5.4", "23.65", "19.6")],
)
def test_halt_the_rise_then_reduce_has_two_stages_and_two_readings(baseline, change, relative, points):
    weight = percentage(DOWN)
    more = {"kind": HALT, "period": "2021April"}
    refused = refusal(stated_change, weight, measure(baseline), change, Direction.DECREASE, **more)
    assert (refused.facts["relative_change"], refused.facts["point_change"]) == (relative, points)
    assert refused.faults[0].pointer == "/reading"
    for reading, figure in ((Reading.RELATIVE, relative), (Reading.POINTS, points)):
        target = stated_change(weight, measure(baseline), change, Direction.DECREASE, reading=reading, **more)
        halt = resolved(target, weight, measure(baseline), period="2016April")
        assert (halt.stage, halt.value, halt.due) == (Stage.HALT, Decimal(baseline), True)
        reduce = resolved(target, weight, measure(baseline), period="2021April")
        assert (reduce.stage, str(reduce.value), reduce.sense) == (Stage.REDUCE, figure, Sense.AT_MOST)


@pytest.mark.row("S2-O13")
def test_two_per_cent_more_deaths_in_the_usual_place_is_good_and_still_has_two_readings():
    deaths = percentage(UP)
    refused = refusal(stated_change, deaths, None, "2", Direction.INCREASE)
    assert refused.code == "target_change_ambiguous"
    assert (refused.facts["relative_change"], refused.facts["baseline"]) == (None, None)
    target = stated_change(deaths, None, "2", Direction.INCREASE, kind=POINTS)
    assert resolved(target, deaths).unresolved is Unresolved.BASELINE_MISSING
    assert str(resolved(target, deaths, measure("41.5")).value) == "43.5"


@pytest.mark.row("S1-O05")
@pytest.mark.parametrize("change", ["69", "50"])
def test_up_to_is_a_bound_and_never_the_expected_change(change):
    visits = an_indicator(ValueType.COUNT, DOWN, "visits")
    refused = refusal(
        stated_change,
        visits,
        measure("1000"),
        change,
        Direction.DECREASE,
        kind=RELATIVE,
        change_qualifier=Qualifier.UP_TO,
    )
    assert refused.code == "bound_is_no_expectation"
    assert refused.facts == {"bound": change, "qualifier": "up_to"}


def test_a_target_that_rests_on_a_bound_says_that_it_is_approximate():
    visits = an_indicator(ValueType.COUNT, DOWN, "visits")
    start = measure("63000", qualifier=Qualifier.ALMOST)
    target = stated_change(visits, start, "5", Direction.DECREASE)
    assert resolved(target, visits, start).approximate


@pytest.mark.parametrize("kind", [RELATIVE, TargetKind.POINT_CHANGE, TargetKind.HALT_THEN_REDUCE])
def test_a_change_printed_as_an_approximation_makes_the_target_approximate(kind):
    visits = an_indicator(ValueType.COUNT, DOWN, "visits")
    start = measure("1000")
    more = {"period": "2015April", "reading": Reading.RELATIVE} if kind is TargetKind.HALT_THEN_REDUCE else {}
    for qualifier, rough in ((Qualifier.APPROXIMATELY, True), (None, False)):
        target = stated_change(
            visits, start, "5", Direction.DECREASE, kind=kind, change_qualifier=qualifier, **more
        )
        assert resolved(target, visits, start).approximate is rough


def test_a_line_drawn_from_a_rough_baseline_is_approximate_and_from_a_milestone_on_it_is_not():
    visits = an_indicator(ValueType.COUNT, DOWN, "visits")
    steps = (Milestone("2015April", Decimal(900)), Milestone("2017April", Decimal(800)))
    target = a_target(visits, TargetKind.TRAJECTORY, milestones=steps, interpolation=Interpolation.LINEAR)
    start = measure("1000", qualifier=Qualifier.ALMOST)
    found = {
        each: resolved(target, visits, start, period=each) for each in ("2014April", "2015April", "2016April")
    }
    assert [(each.interpolated, each.approximate) for each in found.values()] == [
        (True, True),
        (False, False),
        (True, False),
    ]
    assert not resolved(target, visits, measure("1000"), period="2014April").approximate


def test_improvement_says_nothing_where_neither_way_is_good():
    activity = an_indicator(ValueType.COUNT, NEITHER, "contacts")
    assert refusal(stated_change, activity, measure("100"), "5").code == "target_direction_unclear"
    up = stated_change(activity, measure("100"), "5", Direction.INCREASE)
    assert resolved(up, activity, measure("100")).value == Decimal(105)
    absolute = a_target(activity, value="120")
    assert resolved(absolute, activity).unresolved is Unresolved.POLARITY_NONE
