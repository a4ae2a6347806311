"""Which periods an indicator is reported for, and what a horizon such as «by 2017» can mean."""

from __future__ import annotations

import re
from datetime import date

from services.outcomes.rules.indicator import Frequency
from shared.calendar import Period, financial_year_of, read_period
from shared.errors import Kind, reason

PERIOD_NOT_OF_FREQUENCY = reason(
    "period_not_of_frequency",
    Kind.INVALID,
    "This period is not one for which the indicator is made. Name a period of the indicator's own frequency.",
)
PERIOD_TYPE_UNCLEAR = reason(
    "period_type_unclear",
    Kind.INVALID,
    "A bare year can mean the calendar year or a financial year. Name the period that is meant, "
    "such as 2016April for the financial year 2016/17.",
)

_SHAPES: tuple[tuple[Frequency, re.Pattern[str]], ...] = (
    (Frequency.MONTHLY, re.compile(r"\d{6}")),
    (Frequency.QUARTERLY, re.compile(r"\d{4}Q[1-4]")),
    (Frequency.HALF_YEARLY, re.compile(r"\d{4}AprilS[12]")),
    (Frequency.FINANCIAL_YEARLY, re.compile(r"\d{4}April")),
    (Frequency.CALENDAR_YEARLY, re.compile(r"\d{4}")),
)
_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.FINANCIAL_YEARLY: 12,
    Frequency.CALENDAR_YEARLY: 12,
}


def frequency_of(period: Period) -> Frequency | None:
    """The frequency to which a period belongs, or None for weeks, days and calendar halves."""
    return next((frequency for frequency, shape in _SHAPES if shape.fullmatch(period.id)), None)


def period_on(frequency: Frequency, day: date) -> Period:
    """The period of this frequency that holds a day."""
    if frequency is Frequency.MONTHLY:
        return read_period(f"{day.year}{day.month:02d}")
    if frequency is Frequency.QUARTERLY:
        return read_period(f"{day.year}Q{(day.month - 1) // 3 + 1}")
    if frequency is Frequency.CALENDAR_YEARLY:
        return read_period(str(day.year))
    start_year = financial_year_of(day).start_year
    if frequency is Frequency.FINANCIAL_YEARLY:
        return read_period(f"{start_year}April")
    return read_period(f"{start_year}AprilS{1 if 4 <= day.month <= 9 else 2}")


def periods_between(frequency: Frequency, first: date, last: date) -> tuple[Period, ...]:
    """Every period of this frequency that has at least one day between the two dates, in order."""
    found: list[Period] = []
    day = first
    while day <= last:
        period = period_on(frequency, day)
        found.append(period)
        day = date.fromordinal(period.last_day.toordinal() + 1)
    return tuple(found)


def check_period(frequency: Frequency, text: str, pointer: str) -> Period:
    """Read a period and refuse one of another kind than the indicator's."""
    period = read_period(text)
    if frequency_of(period) is not frequency:
        raise PERIOD_NOT_OF_FREQUENCY(
            pointer, period=text, frequency=frequency.value, instead=period_on(frequency, period.first_day).id
        )
    return period


def check_horizon(frequency: Frequency, text: str, pointer: str) -> Period:
    """Read the period in which a target is to be reached: of the indicator's frequency or coarser.

    «By 2017» is refused where figures are not made by calendar year (S2-O19): the financial year 2016/17
    ends in it and 2017/18 begins in it.
    """
    period = read_period(text)
    kind = frequency_of(period)
    if kind is Frequency.CALENDAR_YEARLY and frequency is not Frequency.CALENDAR_YEARLY:
        year = period.first_day.year
        raise PERIOD_TYPE_UNCLEAR(
            pointer,
            readings={
                "calendar_year": str(year),
                "financial_year_ending_in_it": f"{year - 1}April",
                "financial_year_beginning_in_it": f"{year}April",
            },
        )
    coarse = kind is not None and _MONTHS[kind] >= _MONTHS[frequency]
    if not coarse or (frequency is Frequency.CALENDAR_YEARLY and kind is not frequency):
        raise PERIOD_NOT_OF_FREQUENCY(
            pointer, period=text, frequency=frequency.value, instead=period_on(frequency, period.first_day).id
        )
    return period


def month_index(day: date) -> int:
    """Months since year 0, for distances between periods."""
    return day.year * 12 + day.month - 1
