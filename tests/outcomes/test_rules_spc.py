"""Control charts: point by point as the NHS-R community's own code makes them, and where the newer rules differ."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest

from services.outcomes.rules.indicator import Polarity
from services.outcomes.rules.spc import (
    Assurance,
    Reading,
    RuleSet,
    Settings,
    Variation,
    chart,
    limits,
)
from services.outcomes.rules.spc_signal import Signal
from shared.errors import Refusal

CASES = (
    "ae_perf_RF4",
    "ae_breach_R1H",
    "ae_breach_RQM_rebase",
    "dtoc_total_days",
    "dtoc_total_fix24",
    "peer_test_rnorm20",
)
DIRECTIONS = {"increase": Polarity.HIGH_IS_GOOD, "decrease": Polarity.LOW_IS_GOOD}
WORDS = {
    "Common Cause": None,
    "Above UCL": Signal.ABOVE_UPPER_LIMIT,
    "Below LCL": Signal.BELOW_LOWER_LIMIT,
    "7 Points Above CL": Signal.SEVEN_ABOVE_MEAN,
    "7 Points Below CL": Signal.SEVEN_BELOW_MEAN,
    "7 Point Trend (Increasing)": Signal.TREND_UP,
    "7 Point Trend (Decreasing)": Signal.TREND_DOWN,
    "2 in 3 Above CL": Signal.TWO_OF_THREE_HIGH,
    "2 in 3 Below CL": Signal.TWO_OF_THREE_LOW,
}


@pytest.fixture(scope="module")
def cases(shared_data):
    folder = shared_data / "indicators"
    found = {each["id"]: each for each in json.loads((folder / "spc_xmr_cases.json").read_text("utf-8"))}
    with (folder / "spc_xmr_expected_points.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["case"]].setdefault("points", []).append(row)
    assert set(found) == set(CASES)
    return found


def drawn(case, rule_set=RuleSet.MDC_2019):
    options = case["options"]
    readings = [Reading(date.fromisoformat(row["x"][:10]), Decimal(row["y"])) for row in case["points"]]
    target = options.get("target")
    return chart(
        readings,
        Settings(
            rule_set,
            DIRECTIONS[options["improvement_direction"]],
            None if target is None else Decimal(str(target)),
            (date.fromisoformat(options["rebase"]),) if "rebase" in options else (),
            options.get("fix_after_n_points"),
        ),
    )


def close(ours, theirs):
    return abs(ours - Decimal(str(theirs))) < Decimal("1e-8") * max(Decimal(1), abs(ours))


@pytest.mark.row("S3-O04")
@pytest.mark.parametrize("name", CASES)
def test_every_point_is_as_in_the_reference(cases, name):
    made = drawn(cases[name])
    assert len(made.points) == len(cases[name]["points"])
    for ours, theirs in zip(made.points, cases[name]["points"], strict=True):
        assert (ours.signal, ours.variation) == (
            WORDS[theirs["special_cause_type"]],
            Variation(theirs["point_type"]),
        ), theirs
        assert close(ours.centre, theirs["mean_col"])
        assert close(ours.lower, theirs["lpl"])
        assert close(ours.upper, theirs["upl"])
        assert ours.stretch == int(theirs["rebase_group"])


@pytest.mark.parametrize("name", CASES)
def test_every_icon_is_as_in_the_reference(cases, name):
    made, expected = drawn(cases[name]), cases[name]["summary"]
    assert len(made.stretches) == len(expected)
    for ours, theirs in zip(made.stretches, expected, strict=True):
        assert ours.points == theirs["n"]
        for kind in (Variation.COMMON_CAUSE, Variation.IMPROVEMENT, Variation.CONCERN):
            assert ours.counts.get(kind, 0) == theirs[kind.value]
    assert made.variation == expected[-1]["variation_type"]
    assert made.assurance == expected[-1].get("assurance_type")


# What the December 2023 rules change in the same series: the days of the points that read otherwise.
DIFFER = {
    "ae_perf_RF4": [],
    "ae_breach_R1H": ["2017-08-01", "2019-02-01"],
    "dtoc_total_days": [],
    "dtoc_total_fix24": [],
    "peer_test_rnorm20": [],
}


@pytest.mark.parametrize("name", DIFFER)
def test_the_newer_rules_differ_where_they_say(cases, name):
    before, after = drawn(cases[name]), drawn(cases[name], RuleSet.MDC_2023_12)
    changed = [
        str(new.on)
        for old, new in zip(before.points, after.points, strict=True)
        if old.variation is not new.variation
    ]
    assert changed == DIFFER[name]


def test_two_points_of_the_accident_series_become_special(cases):
    after = drawn(cases["ae_breach_R1H"], RuleSet.MDC_2023_12)
    assert after.stretches[0].counts[Variation.COMMON_CAUSE] == 21
    assert drawn(cases["ae_breach_R1H"]).stretches[0].counts[Variation.COMMON_CAUSE] == 23


def test_the_newer_rules_show_no_limits_for_twelve_points(cases):
    after = drawn(cases["ae_breach_RQM_rebase"], RuleSet.MDC_2023_12)
    first, last = after.stretches
    assert first.lower is not None
    assert (last.points, last.lower, last.upper, last.counts) == (12, None, None, {})
    assert after.variation is None


def series(*values, rule_set=RuleSet.MDC_2019, polarity=Polarity.HIGH_IS_GOOD, **settings):
    readings = [
        Reading(date(2014 + n // 12, n % 12 + 1, 1), Decimal(str(value))) for n, value in enumerate(values)
    ]
    return chart(readings, Settings(rule_set, polarity, **settings))


def test_a_series_of_nothing_and_of_one_point():
    assert series().points == ()
    only = series(7)
    assert (only.points[0].lower, only.points[0].upper, only.variation) == (7, 7, Variation.COMMON_CAUSE)


def test_a_level_series_is_common_cause_and_meets_its_own_target_by_chance():
    level = series(*[5] * 20, target=Decimal(5))
    assert level.variation is Variation.COMMON_CAUSE
    assert level.assurance is Assurance.INCONSISTENT


def test_a_large_range_is_screened_once_and_the_centre_keeps_its_value():
    values = [Decimal(10), Decimal(11)] * 10 + [Decimal(60)]
    lower, centre, upper = limits(values)
    assert centre == sum(values) / 21
    assert upper - centre == Decimal("2.66")
    assert centre - lower == Decimal("2.66")


@pytest.mark.parametrize(
    ("polarity", "target", "expected"),
    [
        (Polarity.HIGH_IS_GOOD, 1, Assurance.CONSISTENT_PASS),
        (Polarity.HIGH_IS_GOOD, 99, Assurance.CONSISTENT_FAIL),
        (Polarity.LOW_IS_GOOD, 99, Assurance.CONSISTENT_PASS),
        (Polarity.LOW_IS_GOOD, 1, Assurance.CONSISTENT_FAIL),
        (Polarity.NONE, 1, None),
    ],
)
def test_assurance_follows_the_polarity(polarity, target, expected):
    assert series(*[10, 11] * 10, polarity=polarity, target=Decimal(target)).assurance is expected


def test_a_neutral_indicator_is_neither_better_nor_worse():
    made = series(*[10, 11] * 10, 40, polarity=Polarity.NONE)
    assert made.variation is Variation.NEUTRAL_HIGH


@pytest.mark.parametrize(
    ("settings", "code", "pointer"),
    [
        ({"rebased_on": (date(2014, 1, 1),)}, "spc_rebase_off_chart", "/rebased_on"),
        ({"rebased_on": (date(2014, 2, 2),)}, "spc_rebase_off_chart", "/rebased_on"),
        ({"frozen_after": 11}, "spc_freeze_too_short", "/frozen_after"),
        ({"frozen_after": 21}, "spc_freeze_too_short", "/frozen_after"),
        ({"frozen_after": 12, "rebased_on": (date(2014, 6, 1),)}, "spc_freeze_too_short", "/frozen_after"),
    ],
)
def test_settings_that_do_not_fit_the_series_are_refused(settings, code, pointer):
    with pytest.raises(Refusal) as refused:
        series(*range(20), **settings)
    assert (refused.value.code, refused.value.faults[0].pointer) == (code, pointer)


def test_days_out_of_order_are_refused():
    twice = [Reading(date(2014, 4, 1), Decimal(1))] * 2
    with pytest.raises(Refusal) as refused:
        chart(twice, Settings(RuleSet.MDC_2019, Polarity.NONE))
    assert refused.value.code == "spc_points_out_of_order"
