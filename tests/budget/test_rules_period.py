"""Rules of periods: how they follow each other, move, and which one a journal posts to."""

import uuid
from datetime import date

import pytest

from services.budget.rules.period import (
    Books,
    Period,
    PeriodState,
    after,
    close,
    last_day_of,
    reopen,
    soft_close,
)
from services.budget.rules.posting_period import posting_period
from shared.calendar import read_ledger_period
from shared.errors import Refusal

CLOSER, OTHER = uuid.uuid4(), uuid.uuid4()


def a_period(label="2015-16-M01", state=PeriodState.OPEN, moved_by=CLOSER) -> Period:
    return Period(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), Books.POOLED, label, "2015/16", moved_by, state)


@pytest.mark.parametrize(
    ("label", "last"),
    [
        ("2015-16-M01", date(2015, 4, 30)),
        ("2015-16-M09", date(2015, 12, 31)),
        ("2015-16-M10", date(2016, 1, 31)),
        ("2015-16-M11", date(2016, 2, 29)),  # a leap year
        ("2014-15-M11", date(2015, 2, 28)),
        ("2099-00-M11", date(2100, 2, 28)),  # a century that is none
        ("2015-16-M12", date(2016, 3, 31)),
        ("2015-16-M13", date(2016, 3, 31)),
        ("2015-16-M14", date(2016, 3, 31)),
    ],
)
def test_a_period_ends_with_its_month_and_13_and_14_with_the_year(label, last):
    assert last_day_of(read_ledger_period(label)) == last


def test_periods_follow_each_other_through_13_and_14_into_april():
    label, seen = read_ledger_period("2015-16-M12"), []
    for _ in range(3):
        label = after(label)
        seen.append(label.label)
    assert seen == ["2015-16-M13", "2015-16-M14", "2016-17-M01"]


def test_a_period_is_closed_from_the_day_after_its_last_one():
    leap = a_period("2015-16-M11")
    with pytest.raises(Refusal) as refused:
        close(leap, CLOSER, date(2016, 2, 29))
    assert refused.value.code == "period_not_ended"
    closed = close(leap, CLOSER, date(2016, 3, 1))
    assert (closed.state, closed.version) == (PeriodState.CLOSED, 2)
    assert soft_close(leap, CLOSER).state is PeriodState.SOFT_CLOSED


@pytest.mark.row("S5-B10")
def test_another_client_reopens_and_nothing_once_the_year_is_carried():
    closed = a_period(state=PeriodState.CLOSED)
    with pytest.raises(Refusal) as refused:
        reopen(closed, CLOSER, "an error", year_is_carried=False)
    assert refused.value.code == "period_reopened_by_closer"
    with pytest.raises(Refusal) as refused:
        reopen(closed, OTHER, "an error", year_is_carried=True)
    assert refused.value.code == "period_year_is_carried_forward"
    opened = reopen(closed, OTHER, "an error", year_is_carried=False)
    assert (opened.state, opened.reopened_because) == (PeriodState.REOPENED, "an error")
    again = close(opened, CLOSER, date(2016, 6, 1))
    assert again.reopened_because is None


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (PeriodState.OPEN, lambda each: reopen(each, OTHER, "x", year_is_carried=False)),
        (PeriodState.CLOSED, lambda each: close(each, CLOSER, date(2020, 1, 1))),
        (PeriodState.CLOSED, lambda each: soft_close(each, CLOSER)),
        (PeriodState.REOPENED, lambda each: reopen(each, OTHER, "x", year_is_carried=False)),
    ],
)
def test_other_moves_are_refused(state, move):
    with pytest.raises(Refusal) as refused:
        move(a_period(state=state))
    assert refused.value.code == "period_move_refused"


CASES = [
    # effective, asked, adjusts the year-end, shut, where it goes
    ("2015-04-30", None, False, (), "2015-16-M01"),
    ("2015-04-30", None, False, ("2015-16-M01",), "2015-16-M02"),
    ("2015-04-30", "2015-16-M02", False, ("2015-16-M01",), "2015-16-M02"),
    ("2016-02-29", None, False, ("2015-16-M11",), "2015-16-M12"),
    ("2016-03-27", None, False, ("2015-16-M12",), "2016-17-M01"),  # the night the clocks go forward
    ("2015-10-25", None, False, (), "2015-16-M07"),  # and the one they go back
    ("2016-03-31", None, True, ("2015-16-M12",), "2015-16-M13"),
    ("2016-03-31", None, True, ("2015-16-M12", "2015-16-M13"), "2015-16-M14"),
    ("2016-03-31", None, True, ("2015-16-M12", "2015-16-M13", "2015-16-M14"), "2016-17-M01"),
    ("2016-03-31", "2015-16-M14", True, (), "2015-16-M14"),
]


@pytest.mark.parametrize(("effective", "asked", "adjusts", "shut", "period"), CASES)
def test_a_journal_goes_to_the_period_asked_for_or_the_next_open_one(effective, asked, adjusts, shut, period):
    wanted = None if asked is None else read_ledger_period(asked)
    states = dict.fromkeys(shut, "closed")
    assert posting_period(date.fromisoformat(effective), wanted, adjusts, states).label == period


@pytest.mark.parametrize(
    ("asked", "adjusts", "state", "code", "next_open"),
    [
        ("2015-16-M12", False, "closed", "journal_period_closed", "2016-17-M01"),
        ("2015-16-M12", True, "closed", "journal_period_closed", "2015-16-M13"),
        ("2015-16-M12", True, "soft_closed", "journal_period_soft_closed", "2015-16-M13"),
        ("2015-16-M13", False, "closed", "journal_year_end_only", "2016-17-M01"),
    ],
)
def test_a_shut_period_is_refused_with_the_next_open_one(asked, adjusts, state, code, next_open):
    with pytest.raises(Refusal) as refused:
        posting_period(date(2016, 3, 31), read_ledger_period(asked), adjusts, {"2015-16-M12": state})
    assert refused.value.code == code
    assert refused.value.facts["next_open"] == next_open
    assert refused.value.faults[0].pointer == "/posting_period"
