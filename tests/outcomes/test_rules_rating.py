"""Ratings: red, amber, green, each with its reason, and the many reasons for having no colour."""

from decimal import Decimal

import pytest

from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason, rate
from services.outcomes.rules.resolution import Resolved, Sense, Unresolved
from tests.outcomes.figures import measure

AT_MOST_8 = Resolved(Decimal(8), Sense.AT_MOST, due=True)
NOT_DUE = Resolved(Decimal(8), Sense.AT_MOST, due=False)


@pytest.mark.parametrize(
    ("value", "target", "baseline", "tolerance", "colour", "reason"),
    [
        ("8", AT_MOST_8, "10", None, "green", "target_met"),
        ("7.9", AT_MOST_8, None, None, "green", "target_met"),
        ("8.1", AT_MOST_8, "10", None, "amber", "improved_on_baseline"),
        ("8.1", AT_MOST_8, None, None, "red", "short_of_target"),
        ("10", AT_MOST_8, "10", None, "red", "short_of_target"),
        ("10.1", AT_MOST_8, "10", None, "red", "worse_than_baseline"),
        ("8.4", AT_MOST_8, "10", "0.4", "amber", "within_tolerance"),
        ("8.5", AT_MOST_8, "10", "0.4", "red", "short_of_target"),
        ("9", NOT_DUE, "10", None, "amber", "not_yet_due"),
        ("10", NOT_DUE, "10", None, "amber", "not_yet_due"),
        ("10.1", NOT_DUE, "10", None, "red", "worse_than_baseline"),
        ("9", NOT_DUE, None, None, "unrated", "not_yet_due"),
        ("8", NOT_DUE, "10", None, "green", "target_met"),
        ("8", Resolved(Decimal(8), Sense.AT_LEAST, due=True), "7", None, "green", "target_met"),
        ("7.5", Resolved(Decimal(8), Sense.AT_LEAST, due=True), "7", None, "amber", "improved_on_baseline"),
        ("6.5", Resolved(Decimal(8), Sense.AT_LEAST, due=True), "7", None, "red", "worse_than_baseline"),
        ("8", Resolved(Decimal(8), Sense.ABOVE, due=True), None, None, "red", "short_of_target"),
        ("8", Resolved(Decimal(8), Sense.BELOW, due=True), None, None, "red", "short_of_target"),
    ],
)
def test_a_figure_is_rated_with_its_reason(value, target, baseline, tolerance, colour, reason):
    found = rate(
        measure(value),
        target,
        None if baseline is None else measure(baseline),
        None if tolerance is None else Decimal(tolerance),
    )
    assert (found.colour, found.reason) == (Colour(colour), RatingReason(reason))


@pytest.mark.parametrize(
    "status",
    [
        MeasureStatus.NOT_YET_AVAILABLE,
        MeasureStatus.SUPPRESSED,
        MeasureStatus.NOT_APPLICABLE,
        MeasureStatus.MISSING,
    ],
)
def test_each_way_of_having_no_figure_stays_itself_and_never_becomes_nought(status):
    found = rate(measure(None, status=status), AT_MOST_8, None, None)
    assert (found.colour, found.reason) == (Colour.UNRATED, RatingReason(status.value))


def test_nothing_accepted_yet_is_not_missing():
    assert rate(None, AT_MOST_8, None, None).reason is RatingReason.NOTHING_ACCEPTED


@pytest.mark.parametrize("why", list(Unresolved))
def test_every_reason_for_an_unresolved_target_is_a_reason_of_a_rating(why):
    found = rate(measure("8"), Resolved(None, None, True, why), None, None)
    assert (found.colour, found.reason.value) == (Colour.UNRATED, why.value)


def test_no_target_says_more_than_no_figure_and_no_figure_more_than_no_baseline():
    late = measure(None, status=MeasureStatus.NOT_YET_AVAILABLE)
    none = Resolved(None, None, True, Unresolved.NO_TARGET)
    unresolved = Resolved(None, None, True, Unresolved.BASELINE_MISSING)
    assert rate(late, none, None, None).reason is RatingReason.NO_TARGET
    assert rate(late, unresolved, None, None).reason is RatingReason.NOT_YET_AVAILABLE
