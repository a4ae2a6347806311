"""Confidence intervals, held against published tables."""

from decimal import Decimal

import pytest

from services.outcomes.rules.confidence import (
    IntervalMethod,
    Significance,
    byar,
    confidence,
    exact,
    significance,
    wilson,
)
from services.outcomes.rules.indicator import Polarity, ValueType
from tests.outcomes.figures import DOWN, an_indicator, percentage

RATE = an_indicator(ValueType.RATE, DOWN, "per 100,000")


@pytest.mark.parametrize(
    ("events", "people", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_wilson_gives_the_intervals_of_newcombes_table(events, people, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = wilson(Decimal(events), Decimal(people))
    assert [str(round(each, 4)) for each in found] == [low, high]


def test_byar_is_close_to_the_exact_poisson_interval():
    """Exact for 10 events: 4.7954 to 18.3904; for 100: 81.3640 to 121.6272."""
    for count, low, high in ((10, "4.7954", "18.3904"), (100, "81.3640", "121.6272")):
        found = byar(Decimal(count))
        assert abs(found[0] - Decimal(low)) < Decimal("0.02")
        assert abs(found[1] - Decimal(high)) < Decimal("0.02")
    assert byar(Decimal(0))[0] == 0


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        ("0", "0.0000", "3.6889"),
        ("1", "0.0253", "5.5716"),
        ("2", "0.2422", "7.2247"),
        ("3", "0.6187", "8.7673"),
        ("5", "1.6235", "11.6683"),
        ("9", "4.1154", "17.0848"),
        ("10", "4.7954", "18.3904"),
    ],
)
def test_a_few_events_have_the_exact_poisson_interval(count, low, high):
    """F. Garwood, Biometrika 28 (1936), table of the 95 % limits of a Poisson count."""
    assert [str(round(each, 4)) for each in exact(Decimal(count))] == [low, high]


def test_a_rate_of_fewer_than_ten_events_has_exact_limits_and_says_so():
    for count, method, low in (
        ("9", IntervalMethod.EXACT, "4.115373"),
        ("10", IntervalMethod.BYAR, "4.78745"),
    ):
        found = confidence(RATE, Decimal(count), Decimal(100000))
        assert found is not None
        assert found.method is method
        assert str(found.low).startswith(low)
    assert confidence(RATE, Decimal("2.5"), Decimal(100000)).method is IntervalMethod.EXACT


def test_a_figure_is_significant_where_the_other_lies_outside_its_interval():
    share = percentage(DOWN)
    interval = confidence(share, Decimal(81), Decimal(263))
    assert interval is not None
    assert (interval.low, interval.high) == (Decimal("25.528852"), Decimal("36.620958"))
    for other, way, expected in (
        ("30", DOWN, Significance.SIMILAR),
        ("20", DOWN, Significance.WORSE),
        ("40", DOWN, Significance.BETTER),
        ("20", Polarity.HIGH_IS_GOOD, Significance.BETTER),
        ("20", Polarity.NONE, Significance.HIGHER),
        ("40", Polarity.NONE, Significance.LOWER),
    ):
        assert significance(interval, Decimal(other), way) is expected
    assert confidence(share, None, Decimal(263)) is None
    assert confidence(an_indicator(), Decimal(1), Decimal(2)) is None
