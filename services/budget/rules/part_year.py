"""What a full-year cost comes to when it starts within the year, by twelfths or by days."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

from shared.calendar import financial_year_of, ledger_period_of
from shared.money import half_up


class Convention(StrEnum):
    """Said with every part-year figure, since the two differ."""

    TWELFTHS = "twelfths"
    DAYS = "days"


def part_year(full_year_pence: int, starts_on: date, convention: Convention) -> int:
    """The cost from a day to 31 March, in pence, rounded half up once.

    By twelfths a month counts whole from the month in which the cost starts. Southampton 2013, £90,800 from
    1 November: £37,833.33 by twelfths, £37,563.84 by days (151 of 365) (S4-B07).
    """
    year = financial_year_of(starts_on)
    if convention is Convention.TWELFTHS:
        part = Fraction(13 - ledger_period_of(starts_on).month, 12)
    else:
        days = (year.last_day - year.first_day).days + 1
        part = Fraction((year.last_day - starts_on).days + 1, days)
    return half_up(full_year_pence * part)
