"""Targets: what each kind comes to for a period, and the fields that each has."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.outcomes.rules.change import Direction, Side
from services.outcomes.rules.comparator import ComparatorKind, ComparatorValue
from services.outcomes.rules.indicator import Frequency, ValueType
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason, rate
from services.outcomes.rules.resolution import Sense, Unresolved
from services.outcomes.rules.target import Interpolation, Milestone, TargetKind, set_target
from shared.errors import Refusal
from tests.outcomes.figures import (
    DOWN,
    UP,
    a_comparator,
    a_target,
    an_indicator,
    measure,
    resolved,
    stated_change,
)

RELATIVE, POINTS, HALT = TargetKind.RELATIVE_CHANGE, TargetKind.POINT_CHANGE, TargetKind.HALT_THEN_REDUCE


def refusal(do, *arguments, **named) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(*arguments, **named)
    return caught.value


@pytest.mark.row("S2-O01")
def test_a_target_of_the_national_average_moves_with_the_national_average():
    delays = an_indicator(ValueType.RATE, DOWN, "per 100,000")
    england = a_comparator(delays, {"2015April": "12.3", "2016April": "14.9"})
    target = set_target(
        a_target(
            delays, TargetKind.COMPARATOR_EQUAL, comparator_id=england.id, stated="Return to national average"
        ),
        True,
        delays,
        measure("13.1"),
        england,
    )
    assert resolved(target, delays, comparator=england, period="2015April").value == Decimal("12.3")
    assert resolved(target, delays, comparator=england, period="2016April").value == Decimal("14.9")
    later = resolved(target, delays, comparator=england, period="2017April")
    assert later.unresolved is Unresolved.COMPARATOR_MISSING
    assert (
        rate(measure("13.1"), resolved(target, delays, comparator=england), None, None).colour is Colour.GREEN
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (MeasureStatus.NOT_YET_AVAILABLE, "comparator_not_yet_available"),
        (MeasureStatus.SUPPRESSED, "comparator_suppressed"),
        (MeasureStatus.MISSING, "comparator_missing"),
        (MeasureStatus.NOT_APPLICABLE, "comparator_missing"),
    ],
)
def test_a_comparator_without_a_figure_says_why_it_has_none(status, why):
    """A suppressed figure never comes, so nobody is told to wait for it."""
    delays = an_indicator(ValueType.RATE, DOWN, "per 100,000")
    values = (ComparatorValue("2015April", None, status),)
    england = replace(a_comparator(delays, {}), values=values)
    target = a_target(delays, TargetKind.COMPARATOR_EQUAL, comparator_id=england.id)
    found = resolved(target, delays, comparator=england, period="2015April")
    assert found.unresolved is not None
    assert found.unresolved.value == why
    assert rate(measure("13.1"), found, None, None).reason.value == why


@pytest.mark.row("S2-O03", "S2-O14")
@pytest.mark.parametrize("kind", [None, TargetKind.NOT_SET])
def test_no_target_is_legal_and_rated_as_no_target(kind):
    admissions = an_indicator(ValueType.RATE, DOWN, "per 100,000")
    target = kind and set_target(a_target(admissions, kind), True, admissions, measure("697"), None)
    rating = rate(measure("697"), resolved(target, admissions, measure("697")), measure("697"), None)
    assert (rating.colour, rating.reason) == (Colour.UNRATED, RatingReason.NO_TARGET)
    homes = an_indicator(ValueType.COUNT, UP, "care homes")
    assert rate(measure("4"), resolved(target, homes), None, None).reason is RatingReason.NO_TARGET


@pytest.mark.row("S2-O04", "S2-O08")
@pytest.mark.parametrize("change", ["5", "10"])
def test_a_relative_target_without_a_baseline_is_kept_and_cannot_be_resolved(change):
    admissions = an_indicator(ValueType.COUNT, DOWN, "admissions")
    target = stated_change(admissions, None, change, Direction.DECREASE)
    found = resolved(target, admissions)
    assert (found.value, found.unresolved) == (None, Unresolved.BASELINE_MISSING)
    assert rate(measure("1200"), found, None, None).reason is RatingReason.BASELINE_MISSING
    assert rate(None, found, None, None).reason is RatingReason.BASELINE_MISSING


@pytest.mark.row("S2-O09")
def test_above_average_years_of_life_lost_is_refused_and_an_uncollected_figure_is_not_yet_available():
    years_lost = an_indicator(ValueType.RATE, DOWN, "years per 100,000")
    england = a_comparator(years_lost, {"2014April": None})
    asked = {
        "kind": TargetKind.COMPARATOR_BETTER_THAN,
        "comparator_id": england.id,
        "stated": "Above average",
    }
    refused = refusal(
        set_target, a_target(years_lost, side=Side.ABOVE, **asked), True, years_lost, None, england
    )
    assert refused.code == "target_against_polarity"
    assert (refused.facts["polarity"], refused.facts["stated"]) == ("low_is_good", "above")
    better = set_target(a_target(years_lost, side=Side.BETTER, **asked), True, years_lost, None, england)
    assert better.side is Side.BELOW
    found = resolved(better, years_lost, comparator=england, period="2014April")
    assert found.unresolved is Unresolved.COMPARATOR_NOT_YET_AVAILABLE
    rating = rate(measure(None, status=MeasureStatus.NOT_YET_AVAILABLE), found, None, None)
    assert rating.reason is RatingReason.NOT_YET_AVAILABLE


def test_better_than_a_comparator_is_strict():
    days = an_indicator()
    england = a_comparator(days, {"2016April": "8.0"})
    better = set_target(
        a_target(days, TargetKind.COMPARATOR_BETTER_THAN, comparator_id=england.id, side=Side.BETTER),
        True,
        days,
        None,
        england,
    )
    found = resolved(better, days, comparator=england)
    assert rate(measure("8.0"), found, None, None).colour is Colour.RED
    assert rate(measure("7.9"), found, None, None).colour is Colour.GREEN


@pytest.mark.row("S2-O11")
def test_words_alone_are_a_deferred_target_and_nothing_else():
    activity = an_indicator(ValueType.COUNT, UP, "contacts")
    words = "Dependant on project intervention"
    deferred = set_target(a_target(activity, TargetKind.DEFERRED, stated=words), True, activity, None, None)
    assert (
        rate(measure("10"), resolved(deferred, activity), None, None).reason is RatingReason.TARGET_DEFERRED
    )
    refused = refusal(set_target, a_target(activity, stated=words), True, activity, None, None)
    assert refused.code == "target_only_words"
    bare = refusal(set_target, a_target(activity, TargetKind.DEFERRED), True, activity, None, None)
    assert bare.code == "target_field_missing"


@pytest.mark.row("S2-O12")
def test_a_ratio_names_both_sides_and_follows_the_national_ratio():
    ratio = an_indicator(
        ValueType.RATIO,
        UP,
        "Community:RC&NC",
        numerator="Community",
        denominator="Residential and nursing care",
    )
    england = a_comparator(ratio, {"2016April": "1.8"})
    target = set_target(
        a_target(ratio, TargetKind.COMPARATOR_EQUAL, comparator_id=england.id), True, ratio, None, england
    )
    found = resolved(target, ratio, comparator=england)
    assert (found.value, found.sense) == (Decimal("1.8"), Sense.AT_LEAST)


@pytest.mark.row("S2-O19")
def test_by_2017_is_refused_until_the_kind_of_year_is_said():
    young = an_indicator(ValueType.COUNT, DOWN, "young people")
    refused = refusal(stated_change, young, None, "5", Direction.DECREASE, period="2017")
    assert refused.code == "period_type_unclear"
    assert refused.facts["readings"] == {
        "calendar_year": "2017",
        "financial_year_ending_in_it": "2016April",
        "financial_year_beginning_in_it": "2017April",
    }
    assert stated_change(young, None, "5", Direction.DECREASE, period="2016April").period == "2016April"
    by_calendar = an_indicator(ValueType.COUNT, DOWN, "young people", frequency=Frequency.CALENDAR_YEARLY)
    assert stated_change(by_calendar, None, "5", Direction.DECREASE, period="2017").period == "2017"


@pytest.mark.row("S2-O22")
def test_a_trajectory_with_empty_columns_is_never_filled_in_silently():
    days = an_indicator()
    columns = (
        Milestone("2014April", None),
        Milestone("2015April", None),
        Milestone("2016April", Decimal("7.8945")),
    )
    silent = set_target(a_target(days, TargetKind.TRAJECTORY, milestones=columns), True, days, None, None)
    start = measure("8.31")
    assert resolved(silent, days, start, period="2014April").unresolved is Unresolved.MILESTONE_NOT_SET
    assert resolved(silent, days, start, period="2016April").value == Decimal("7.8945")
    assert resolved(silent, days, start, period="2018April").value == Decimal("7.8945")
    asked = set_target(
        a_target(days, TargetKind.TRAJECTORY, milestones=columns, interpolation=Interpolation.LINEAR),
        True,
        days,
        None,
        None,
    )
    between = resolved(asked, days, start, period="2014April")
    assert (between.value, between.interpolated) == (Decimal("8.10225"), True)
    assert resolved(asked, days, None, period="2014April").unresolved is Unresolved.MILESTONE_NOT_SET


@pytest.mark.parametrize("interpolation", list(Interpolation))
def test_a_last_column_left_empty_is_not_filled_in_with_the_one_before(interpolation):
    days = an_indicator()
    columns = (Milestone("2015April", Decimal("7.9")), Milestone("2016April", None))
    asked = a_target(days, TargetKind.TRAJECTORY, milestones=columns, interpolation=interpolation)
    silent = set_target(asked, True, days, None, None)
    assert resolved(silent, days, measure("8.31"), period="2015April").value == Decimal("7.9")
    for period in ("2016April", "2017April"):
        found = resolved(silent, days, measure("8.31"), period=period)
        assert found.unresolved is Unresolved.MILESTONE_NOT_SET


def test_a_quarter_lies_within_its_year_on_a_trajectory():
    days = an_indicator(frequency=Frequency.QUARTERLY)
    target = a_target(days, TargetKind.TRAJECTORY, milestones=(Milestone("2016April", Decimal("7.9")),))
    assert resolved(target, days, period="2016Q3").value == Decimal("7.9")


@pytest.mark.parametrize(
    ("milestones", "pointer"),
    [
        ((Milestone("2016April", Decimal(8)), Milestone("2015April", Decimal(9))), "/milestones/1/period"),
        ((Milestone("2016April", Decimal(8)), Milestone("2016April", Decimal(9))), "/milestones/1/period"),
        ((Milestone("2016April", Decimal(-1)),), "/milestones/0/value"),
        ((Milestone("2016April", None),), "/milestones"),
        ((Milestone("2016", Decimal(8)),), "/milestones/0/period"),
    ],
)
def test_milestones_that_make_no_line_are_refused(milestones, pointer):
    days = an_indicator()
    asked = a_target(days, TargetKind.TRAJECTORY, milestones=milestones)
    assert refusal(set_target, asked, True, days, None, None).faults[0].pointer == pointer


@pytest.mark.row("S2-O21")
def test_an_absolute_score_on_a_named_version_of_a_survey():
    statements = an_indicator(
        ValueType.SURVEY_SCORE,
        UP,
        "% of answers",
        instrument="Plymouth I Statements",
        instrument_version="2014",
        scale_high="100",
    )
    target = set_target(a_target(statements, value="70", period="2016April"), True, statements, None, None)
    found = resolved(target, statements)
    assert (found.value, found.sense) == (Decimal(70), Sense.AT_LEAST)
    assert rate(measure("70"), found, None, None).reason is RatingReason.TARGET_MET
    over = refusal(set_target, a_target(statements, value="170"), True, statements, None, None)
    assert over.code == "target_outside_scale"


@pytest.mark.parametrize(
    ("kind", "fields", "code", "pointer"),
    [
        (RELATIVE, {"change": "5"}, "target_field_missing", "/direction"),
        (
            RELATIVE,
            {"change": "5", "direction": Direction.DECREASE, "value": "3"},
            "target_field_out_of_place",
            "/value",
        ),
        (RELATIVE, {"change": "0", "direction": Direction.DECREASE}, "target_change_not_positive", "/change"),
        (RELATIVE, {"change": "5", "direction": Direction.INCREASE}, "target_against_polarity", "/direction"),
        (HALT, {"change": "5", "direction": Direction.DECREASE}, "target_field_missing", "/period"),
        (TargetKind.NOT_SET, {"value": "3"}, "target_field_out_of_place", "/value"),
        (TargetKind.COMPARATOR_EQUAL, {}, "target_field_missing", "/comparator_id"),
        (TargetKind.ABSOLUTE, {"value": "3", "period": "2016Q1"}, "period_not_of_frequency", "/period"),
        (TargetKind.ABSOLUTE, {"value": "3", "period": "2016"}, "period_type_unclear", "/period"),
    ],
)
def test_each_kind_has_its_fields(kind, fields, code, pointer):
    days = an_indicator()
    refused = refusal(set_target, a_target(days, kind, **fields), True, days, None, None)
    assert (refused.code, refused.faults[0].pointer) == (code, pointer)


def test_a_comparator_of_another_indicator_is_no_comparator():
    days, other = an_indicator(), an_indicator()
    foreign = a_comparator(other, {"2016April": "8"}, ComparatorKind.REGION)
    asked = a_target(days, TargetKind.COMPARATOR_EQUAL, comparator_id=foreign.id)
    assert refusal(set_target, asked, True, days, None, foreign).code == "target_comparator_unknown"
    assert refusal(set_target, asked, True, days, None, None).code == "target_comparator_unknown"


def test_a_baseline_recorded_later_can_push_a_target_off_the_scale_and_then_it_is_unresolved():
    score = an_indicator(ValueType.SCORE, UP, "score", scale_high="24")
    target = stated_change(score, None, "5", kind=POINTS)
    assert resolved(target, score, measure("19.4")).unresolved is Unresolved.TARGET_OUTSIDE_SCALE
