"""Financial years, ledger periods and DHIS2 reporting periods, and how they name the same days."""

from __future__ import annotations

import calendar as _calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from shared.errors import Kind, reason

YEAR_UNREADABLE = reason(
    "financial_year_unreadable", Kind.INVALID, "Write a financial year like 2014/15 (2014-15 in an address)."
)
PERIOD_UNREADABLE = reason(
    "period_unreadable",
    Kind.INVALID,
    "Write a reporting period like 201404 (month), 2014Q2 (quarter), 2014April (financial year), 2014 or 20140401.",
)
LEDGER_PERIOD_UNREADABLE = reason(
    "ledger_period_unreadable", Kind.INVALID, "Write a ledger period like 2014-15-M01, up to M14."
)

FIRST_YEAR, LAST_YEAR = 1948, 2199  # the NHS began in 1948; beyond 2199 a date is a slip of the hand


@dataclass(frozen=True, slots=True, order=True)
class FinancialYear:
    """A year from 1 April to 31 March, by the year in which it starts."""

    start_year: int

    @property
    def label(self) -> str:
        """`2014/15`, as people and bodies write it."""
        return f"{self.start_year}/{(self.start_year + 1) % 100:02d}"

    @property
    def slug(self) -> str:
        """`2014-15`, for addresses and queries."""
        return self.label.replace("/", "-")

    @property
    def first_day(self) -> date:
        return date(self.start_year, 4, 1)

    @property
    def last_day(self) -> date:
        return date(self.start_year + 1, 3, 31)

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def next(self) -> FinancialYear:
        return FinancialYear(self.start_year + 1)


_YEAR = re.compile(r"(\d{4})[/-](\d{2})", re.ASCII)


def read_financial_year(text: str) -> FinancialYear:
    """Read `2014/15` or `2014-15`; the two halves must follow each other."""
    match = _YEAR.fullmatch(text)
    if (
        not match
        or (int(match[1]) + 1) % 100 != int(match[2])
        or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR
    ):
        raise YEAR_UNREADABLE(read=text[:20])
    return FinancialYear(int(match[1]))


def financial_year_of(day: date) -> FinancialYear:
    return FinancialYear(day.year if day.month >= 4 else day.year - 1)


@dataclass(frozen=True, slots=True, order=True)
class LedgerPeriod:
    """A month of a financial year's books: 1 (April) to 12 (March), then 13 and 14 for the year-end."""

    year: FinancialYear
    month: int

    @property
    def label(self) -> str:
        return f"{self.year.slug}-M{self.month:02d}"

    @property
    def first_day(self) -> date:
        """The first day of the calendar month; months 13 and 14 stand for the year's last day."""
        if self.month > 12:
            return self.year.last_day
        return date(self.year.start_year + (self.month > 9), (self.month + 2) % 12 + 1, 1)


_LEDGER_PERIOD = re.compile(r"(\d{4}-\d{2})-M(0[1-9]|1[0-4])", re.ASCII)


def read_ledger_period(text: str) -> LedgerPeriod:
    match = _LEDGER_PERIOD.fullmatch(text)
    if not match:
        raise LEDGER_PERIOD_UNREADABLE(read=text[:20])
    return LedgerPeriod(read_financial_year(match[1]), int(match[2]))


def ledger_period_of(day: date) -> LedgerPeriod:
    return LedgerPeriod(financial_year_of(day), (day.month - 4) % 12 + 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period by its DHIS2 id, with its first and last day (both inclusive)."""

    id: str
    first_day: date
    last_day: date

    @property
    def financial_year(self) -> str | None:
        """The financial year that holds the whole period, or None where it straddles two."""
        return _year_of(self.first_day, self.last_day)

    @property
    def financial_quarter(self) -> int | None:
        """1 for April to June ... 4 for January to March, when the period is just that quarter."""
        if self.id[4:5] == "Q":
            return (self.first_day.month - 4) % 12 // 3 + 1
        return None


@lru_cache(maxsize=4096)  # a chart or a card has the same few periods again and again
def _year_of(first: date, last: date) -> str | None:
    year = financial_year_of(first)
    return year.label if last in year else None


_SHAPES: tuple[tuple[str, int], ...] = (
    (r"(\d{4})", 12),
    (r"(\d{4})April", 12),
    (r"(\d{4})S([12])", 6),
    (r"(\d{4})AprilS([12])", 6),
    (r"(\d{4})Q([1-4])", 3),
    (r"(\d{4})(0[1-9]|1[0-2])", 1),
)
_WEEK = re.compile(r"(\d{4})W([1-9]|[1-4]\d|5[0-3])", re.ASCII)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def read_period(text: str) -> Period:
    """Read a DHIS2 period id. `2014Q2` is April to June 2014, which England calls 2014/15 quarter 1."""
    try:
        return _read_period(text)
    except ValueError:
        raise PERIOD_UNREADABLE(read=text[:20]) from None


@lru_cache(maxsize=4096)  # a page or a card names the same few periods again and again
def _read_period(text: str) -> Period:
    if match := _DAY.fullmatch(text):
        day = date(_checked(match[1]), int(match[2]), int(match[3]))
        return Period(text, day, day)
    if match := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(_checked(match[1]), int(match[2]), 1)
        return Period(text, monday, monday + timedelta(days=6))
    for shape, months in _SHAPES:
        found = re.fullmatch(shape, text, re.ASCII)
        if found:
            part = int(found[2]) if found.lastindex == 2 else 1
            first_month = (4 if "April" in text else 1) + (part - 1) * months
            return Period(text, *_months(_checked(found[1]), first_month, months))
    raise ValueError(text)


def _checked(year: str) -> int:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise ValueError(year)
    return int(year)


def _months(year: int, first_month: int, months: int) -> tuple[date, date]:
    first = date(year + (first_month - 1) // 12, (first_month - 1) % 12 + 1, 1)
    end = first_month + months - 1
    last_year, last_month = year + (end - 1) // 12, (end - 1) % 12 + 1
    return first, date(last_year, last_month, _calendar.monthrange(last_year, last_month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months on or back, or the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))
