"""Obligations: which returns are owed, when they are due, and periods by DHIS2 id and financial year."""

from dataclasses import replace
from datetime import date

import pytest

from services.outcomes.rules.indicator import Frequency
from services.outcomes.rules.obligation import (
    AskedIndicator,
    check_obligation,
    days_late,
    due_returns,
    financial_years,
    overdue,
)
from services.outcomes.rules.reporting_period import check_horizon, check_period, periods_between
from shared.errors import Refusal
from tests.outcomes.figures import ASSOCIATE, OWNER, PROVIDER, an_indicator, an_obligation

QUARTERLY = an_indicator(frequency=Frequency.QUARTERLY)


def refusal(do, *arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("frequency", "ids"),
    [
        (Frequency.MONTHLY, ["201403", "201404", "201405"]),
        (Frequency.QUARTERLY, ["2014Q1", "2014Q2"]),
        (Frequency.HALF_YEARLY, ["2013AprilS2", "2014AprilS1"]),
        (Frequency.FINANCIAL_YEARLY, ["2013April", "2014April"]),
        (Frequency.CALENDAR_YEARLY, ["2014"]),
    ],
)
def test_the_periods_that_touch_a_span(frequency, ids):
    found = periods_between(frequency, date(2014, 3, 31), date(2014, 5, 1))
    assert [each.id for each in found] == ids


def test_the_second_half_of_a_financial_year_reaches_into_the_next_calendar_year():
    found = periods_between(Frequency.HALF_YEARLY, date(2015, 1, 1), date(2015, 1, 1))
    assert (found[0].id, found[0].first_day, found[0].last_day) == (
        "2014AprilS2",
        date(2014, 10, 1),
        date(2015, 3, 31),
    )


def test_what_is_owed_with_due_days_and_years():
    owed = due_returns(an_obligation(QUARTERLY))
    assert len(owed) == 8
    assert (owed[0].period, owed[0].financial_year, owed[0].due_on) == (
        "2014Q2",
        "2014/15",
        date(2014, 7, 20),
    )
    assert (owed[3].period, owed[3].financial_year, owed[3].due_on) == (
        "2015Q1",
        "2014/15",
        date(2015, 4, 20),
    )
    assert financial_years(an_obligation(QUARTERLY)) == ("2014/15", "2015/16")
    by_calendar = an_obligation(QUARTERLY, frequency=Frequency.CALENDAR_YEARLY)
    assert [(each.period, each.financial_year) for each in due_returns(by_calendar)] == [
        ("2014", "2014/15"),
        ("2015", "2015/16"),
        ("2016", "2016/17"),
    ]


def test_late_and_overdue_count_from_the_day_after_the_due_day():
    due = date(2014, 7, 20)
    assert [days_late(due, date(2014, 7, day)) for day in (19, 20, 21, 30)] == [0, 0, 1, 10]
    assert [overdue(due, date(2014, 7, day), False) for day in (20, 21)] == [False, True]
    assert overdue(due, date(2015, 1, 1), True) is False


def test_an_obligation_that_fits_is_given_back():
    obligation = an_obligation(QUARTERLY)
    assert check_obligation(obligation, {QUARTERLY.id: QUARTERLY}, (OWNER,)) is obligation


def test_only_the_lead_sets_what_is_owed():
    known = {QUARTERLY.id: QUARTERLY}
    assert (
        refusal(check_obligation, an_obligation(QUARTERLY), known, (PROVIDER,)).code == "obligation_not_lead"
    )


YEARLY = an_indicator()
SAME_CODE = replace(QUARTERLY, id=ASSOCIATE, owner_organisation_id=ASSOCIATE)
FOREIGN = replace(an_indicator(frequency=Frequency.QUARTERLY), partnership_id=PROVIDER)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"ends_on": date(2014, 3, 31)}, "obligation_dates_crossed", "/ends_on"),
        ({"ends_on": date(2040, 4, 1)}, "obligation_dates_crossed", "/ends_on"),
        ({"provider_organisation_id": OWNER}, "obligation_parties_overlap", "/provider_organisation_id"),
        (
            {"associate_organisation_ids": (PROVIDER,)},
            "obligation_parties_overlap",
            "/associate_organisation_ids/0",
        ),
        (
            {"associate_organisation_ids": (ASSOCIATE, ASSOCIATE)},
            "obligation_parties_overlap",
            "/associate_organisation_ids/1",
        ),
        ({"indicators": ()}, "obligation_no_indicators", "/indicators"),
        (
            {"indicators": (AskedIndicator(OWNER, True),)},
            "obligation_indicator_unknown",
            "/indicators/0/indicator_id",
        ),
        (
            {"indicators": (AskedIndicator(FOREIGN.id, True),)},
            "obligation_indicator_unknown",
            "/indicators/0/indicator_id",
        ),
        (
            {"indicators": (AskedIndicator(QUARTERLY.id, True),) * 2},
            "obligation_indicator_twice",
            "/indicators/1/indicator_id",
        ),
        (
            {"indicators": (AskedIndicator(QUARTERLY.id, True), AskedIndicator(SAME_CODE.id, True))},
            "obligation_code_twice",
            "/indicators/1/indicator_id",
        ),
        (
            {"indicators": (AskedIndicator(YEARLY.id, True),)},
            "obligation_frequency_differs",
            "/indicators/0/indicator_id",
        ),
    ],
)
def test_an_obligation_that_could_not_be_met_is_refused(changes, code, pointer):
    known = {each.id: each for each in (QUARTERLY, YEARLY, FOREIGN, SAME_CODE)}
    refused = refusal(check_obligation, an_obligation(QUARTERLY, **changes), known, (OWNER,))
    assert (refused.code, refused.faults[0].pointer) == (code, pointer)


@pytest.mark.parametrize("text", ["2014W10", "20140401", "2014S1", "2014April"])
def test_a_figure_is_of_a_period_of_its_own_frequency(text):
    refused = refusal(check_period, Frequency.QUARTERLY, text, "/period")
    assert refused.code == "period_not_of_frequency"
    assert refused.facts["instead"].startswith("2014Q")


def test_a_horizon_may_be_coarser_than_the_figures_but_not_finer():
    assert check_horizon(Frequency.QUARTERLY, "2016April", "/period").id == "2016April"
    assert check_horizon(Frequency.QUARTERLY, "2016Q2", "/period").id == "2016Q2"
    assert refusal(check_horizon, Frequency.QUARTERLY, "201604", "/period").code == "period_not_of_frequency"
    assert refusal(check_horizon, Frequency.CALENDAR_YEARLY, "2016April", "/period").code == (
        "period_not_of_frequency"
    )
