"""Financial years, ledger periods and reporting periods: the days they mean, and every wrong way to write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    FinancialYear,
    add_months,
    financial_year_of,
    ledger_period_of,
    read_financial_year,
    read_ledger_period,
    read_period,
)
from shared.errors import Refusal

DAYS = st.dates(date(FIRST_YEAR, 4, 1), date(LAST_YEAR, 12, 31))
YEARS = st.builds(FinancialYear, st.integers(FIRST_YEAR, LAST_YEAR))


@given(DAYS)
def test_a_day_lies_in_its_financial_year_and_in_no_other(day):
    year = financial_year_of(day)
    assert day in year
    assert day not in year.next()
    assert day not in FinancialYear(year.start_year - 1)


@given(YEARS)
def test_years_follow_each_other_and_read_back(year):
    assert year.next().first_day == year.last_day + timedelta(days=1)
    assert (year.last_day - year.first_day).days in (364, 365)
    assert read_financial_year(year.label) == read_financial_year(year.slug) == year


@given(DAYS)
def test_a_ledger_period_holds_its_day(day):
    period = ledger_period_of(day)
    assert period.first_day.replace(day=1) == day.replace(day=1)
    assert read_ledger_period(period.label) == period


def test_months_13_and_14_stand_for_the_end_of_the_year():
    assert read_ledger_period("2014-15-M01").first_day == date(2014, 4, 1)
    assert read_ledger_period("2014-15-M09").first_day == date(2014, 12, 1)
    assert read_ledger_period("2014-15-M10").first_day == date(2015, 1, 1)
    assert {read_ledger_period(f"2014-15-M{month}").first_day for month in (13, 14)} == {date(2015, 3, 31)}


@pytest.mark.parametrize(
    "text",
    [
        "2014",
        "2014/16",
        "2014/2015",
        "14/15",
        "2014/15\n",
        " 2014/15",
        "2014-14",
        "٢٠١٤/15",
        "1947/48",
        "2200/01",
        "",
        "2014 15",
    ],
)
def test_what_is_no_financial_year_is_refused(text):
    with pytest.raises(Refusal, match="like 2014/15"):
        read_financial_year(text)


def test_the_turn_of_a_century_is_a_year():
    assert read_financial_year("1999/00").last_day == date(2000, 3, 31)


@pytest.mark.parametrize(
    "text", ["2014-15-M00", "2014-15-M15", "2014-15-M1", "2014/15-M01", "2014-15-M01\n", ""]
)
def test_what_is_no_ledger_period_is_refused(text):
    with pytest.raises(Refusal):
        read_ledger_period(text)


@pytest.mark.parametrize(
    ("text", "first", "last", "year", "quarter"),
    [
        ("2014", date(2014, 1, 1), date(2014, 12, 31), None, None),
        ("2014April", date(2014, 4, 1), date(2015, 3, 31), "2014/15", None),
        ("2014Q2", date(2014, 4, 1), date(2014, 6, 30), "2014/15", 1),
        ("2015Q1", date(2015, 1, 1), date(2015, 3, 31), "2014/15", 4),
        ("2014S1", date(2014, 1, 1), date(2014, 6, 30), None, None),
        ("2014AprilS2", date(2014, 10, 1), date(2015, 3, 31), "2014/15", None),
        ("201402", date(2014, 2, 1), date(2014, 2, 28), "2013/14", None),
        ("201602", date(2016, 2, 1), date(2016, 2, 29), "2015/16", None),
        ("20160229", date(2016, 2, 29), date(2016, 2, 29), "2015/16", None),
        ("2014W1", date(2013, 12, 30), date(2014, 1, 5), "2013/14", None),
        ("2015W53", date(2015, 12, 28), date(2016, 1, 3), "2015/16", None),
        ("2014W14", date(2014, 3, 31), date(2014, 4, 6), None, None),
    ],
)
def test_reporting_periods_mean_these_days(text, first, last, year, quarter):
    period = read_period(text)
    assert (period.first_day, period.last_day) == (first, last)
    assert (period.financial_year, period.financial_quarter) == (year, quarter)


@pytest.mark.parametrize(
    "text",
    [
        "2014Q5",
        "2014Q0",
        "201413",
        "2014W54",
        "2014W53",
        "2014W01",
        "20150229",
        "2014S3",
        "1947",
        "22001",
        "2014Q2\n",
        "٢٠١٤",
        "",
    ],
)
def test_what_is_no_reporting_period_is_refused(text):
    with pytest.raises(Refusal):
        read_period(text)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    for read in (read_period, read_financial_year, read_ledger_period):
        try:
            read(text)
        except Refusal:
            continue


@given(st.dates(date(1950, 1, 1), date(2190, 1, 1)), st.integers(-600, 600))
def test_months_on_end_in_the_month_that_is_meant(day, months):
    moved = add_months(day, months)
    index = day.year * 12 + day.month - 1 + months
    assert (moved.year, moved.month) == (index // 12, index % 12 + 1)
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)
    if day.day <= 28:
        assert add_months(moved, -months) == day
