"""Today is England's day, also in the hour after midnight in summer."""

from datetime import UTC, date, datetime

import pytest

from shared.web.today import today_in_england


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2015, 3, 31, 22, 59, tzinfo=UTC), date(2015, 3, 31)),
        (datetime(2015, 3, 31, 23, 30, tzinfo=UTC), date(2015, 4, 1)),
        (datetime(2015, 12, 31, 23, 30, tzinfo=UTC), date(2015, 12, 31)),
        (datetime(2016, 2, 29, 12, 0, tzinfo=UTC), date(2016, 2, 29)),
    ],
)
def test_the_day_is_england_s(instant, day):
    assert today_in_england(instant) == day
