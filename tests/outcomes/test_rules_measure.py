"""Figures and indicators: unknown is never nought, scales hold, and bounds are no expectation."""

import dataclasses
import uuid
from datetime import date
from decimal import Decimal

import pytest

from services.outcomes.rules.baseline import check_baseline
from services.outcomes.rules.framework import Framework, check_framework
from services.outcomes.rules.indicator import (
    Frequency,
    Placing,
    Polarity,
    ValueType,
    bounds,
)
from services.outcomes.rules.indicator_definition import check_indicator
from services.outcomes.rules.measure import Measure, MeasureStatus, cut, expected, plain
from shared.errors import Refusal
from shared.money import Qualifier
from tests.outcomes.figures import DOWN, UP, a_baseline, an_indicator, percentage


def code_of(do, *arguments) -> str:
    with pytest.raises(Refusal) as caught:
        do(*arguments)
    return caught.value.code


@pytest.mark.parametrize("status", list(MeasureStatus))
def test_a_value_and_the_reason_for_having_none_exclude_each_other(status):
    unknown = status.value in {"not_yet_available", "suppressed", "not_applicable", "missing"}
    Measure(None if unknown else Decimal(0), status)
    assert code_of(Measure, Decimal(0) if unknown else None, status) == "measure_status_mismatch"


@pytest.mark.parametrize(
    ("text", "written"), [("91.0860", "91.086"), ("1E+3", "1000"), ("-0", "0"), ("0.50", "0.5"), ("20", "20")]
)
def test_figures_are_written_plainly(text, written):
    assert str(plain(Decimal(text))) == written


def test_a_third_is_cut_at_six_decimals_half_up():
    assert str(cut(Decimal(2) / 3)) == "0.666667"
    assert str(cut(Decimal("0.0000005"))) == "0.000001"


@pytest.mark.row("S1-O05")
@pytest.mark.parametrize(("value", "qualifier"), [("69", Qualifier.UP_TO), ("50", Qualifier.UP_TO)])
def test_up_to_is_an_upper_bound(value, qualifier):
    with pytest.raises(Refusal) as caught:
        expected(Decimal(value), qualifier)
    assert caught.value.facts == {"bound": value, "qualifier": "up_to"}


def test_an_approximate_figure_may_be_expected():
    assert expected(Decimal(60), Qualifier.APPROXIMATELY) == 60
    assert expected(Decimal(60), None) == 60


@pytest.mark.parametrize(
    ("value_type", "unit", "expected_answer"),
    [
        (ValueType.PERCENTAGE, None, True),
        (ValueType.SURVEY_SCORE, "% of answers", True),
        (ValueType.SCORE, "per cent", True),
        (ValueType.DAYS, "days", False),
        (ValueType.SCORE, None, False),
        (ValueType.NOT_STATED, None, None),
        (ValueType.NOT_STATED, "days", False),
    ],
)
def test_whether_a_unit_is_itself_a_percentage(value_type, unit, expected_answer):
    assert an_indicator(value_type, UP, unit).is_percentage is expected_answer


def test_a_percentage_runs_to_a_hundred_and_a_score_as_far_as_its_scale():
    assert bounds(percentage()) == (0, 100)
    assert bounds(an_indicator(ValueType.SCORE, scale_low="1", scale_high="24")) == (1, 24)
    assert bounds(an_indicator(ValueType.COUNT)) == (Decimal(0), None)
    assert bounds(an_indicator(ValueType.NOT_STATED, unit=None)) == (None, None)


@pytest.mark.row("S1-O01")
def test_an_indicator_stands_in_several_frameworks_each_with_its_own_polarity():
    better_care, ascof, health = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    admissions = an_indicator(
        ValueType.RATE,
        DOWN,
        "per 100,000",
        frameworks=(
            Placing(ascof, "2A(2)"),
            Placing(better_care, "Metric 1"),
            Placing(health, "x", Polarity.NONE),
        ),
    )
    assert check_indicator(admissions, dict.fromkeys((ascof, better_care, health), ()), {}) is admissions
    assert admissions.polarity_in(ascof) is DOWN
    assert admissions.polarity_in(health) is Polarity.NONE
    assert admissions.polarity_in(None) is DOWN
    assert (
        code_of(check_indicator, admissions, dict.fromkeys((ascof, better_care), ()), {})
        == "indicator_framework_unknown"
    )
    twice = dataclasses.replace(admissions, frameworks=admissions.frameworks[:1] * 2)
    assert code_of(check_indicator, twice, {ascof: ()}, {}) == "indicator_framework_twice"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value_type": ValueType.RATE, "multiplier": None}, "indicator_unit_missing"),
        ({"value_type": ValueType.RATIO, "numerator": "Community"}, "indicator_unit_missing"),
        ({"scale_low": "24", "scale_high": "24"}, "indicator_scale_crossed"),
        (
            {"value_type": ValueType.SURVEY_SCORE, "instrument": "I Statements"},
            "indicator_instrument_missing",
        ),
        ({"part_of_indicator_id": uuid.uuid4()}, "indicator_whole_unknown"),
    ],
)
def test_an_indicator_that_nobody_could_read_is_refused(changes, code):
    assert code_of(check_indicator, an_indicator(**changes), {}, {}) == code


def test_a_ratio_and_a_survey_that_say_everything_are_taken():
    ratio = an_indicator(ValueType.RATIO, numerator="Community", denominator="Residential")
    survey = an_indicator(ValueType.SURVEY_SCORE, instrument="I Statements", instrument_version="2014")
    assert check_indicator(ratio, {}, {}) is ratio
    assert check_indicator(survey, {}, {}) is survey


@pytest.mark.row("S2-O02")
def test_delays_due_to_social_care_are_a_part_of_all_delays():
    every = an_indicator(ValueType.RATE, DOWN, "per 100,000")
    social = an_indicator(ValueType.RATE, DOWN, "per 100,000", part_of_indicator_id=every.id)
    assert check_indicator(social, {}, {every.id: every}) is social
    whole = a_baseline(every, "13.1")
    assert check_baseline(a_baseline(social, "5.2"), social, whole).value == Decimal("5.2")
    assert code_of(check_baseline, a_baseline(social, "13.2"), social, whole) == "part_exceeds_whole"
    earlier = a_baseline(every, "1", period="2011April")
    assert check_baseline(a_baseline(social, "13.2"), social, earlier).value == Decimal("13.2")
    other_unit = an_indicator(ValueType.COUNT, part_of_indicator_id=every.id)
    assert code_of(check_indicator, other_unit, {}, {every.id: every}) == "indicator_whole_unknown"


def test_a_baseline_lies_on_the_scale_and_in_a_period_of_the_indicator():
    score = an_indicator(ValueType.SCORE, UP, scale_high="24")
    assert code_of(check_baseline, a_baseline(score, "24.4"), score, None) == "value_outside_scale"
    assert (
        code_of(check_baseline, a_baseline(score, "19.4", "2012Q2"), score, None) == "period_not_of_frequency"
    )
    quarterly = an_indicator(frequency=Frequency.QUARTERLY)
    assert check_baseline(a_baseline(quarterly, "8.31", "2012Q2"), quarterly, None).period == "2012Q2"


def test_a_framework_does_not_end_before_it_begins():
    ascof = Framework(
        uuid.uuid4(),
        uuid.uuid4(),
        uuid.uuid4(),
        "ASCOF",
        "2013-18",
        None,
        date(2013, 4, 1),
        date(2018, 3, 31),
    )
    assert check_framework(ascof) is ascof
    assert code_of(check_framework, dataclasses.replace(ascof, in_force_until=date(2013, 3, 31))) == (
        "framework_dates_crossed"
    )
