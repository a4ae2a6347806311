"""Dates as English public bodies write them in their files."""

from __future__ import annotations

import re
from datetime import date

from shared.errors import Kind, reason

DAY_UNREADABLE = reason(
    "day_unreadable",
    Kind.INVALID,
    "This is not a date. Write it like 31/03/2015 or 31-Mar-2015 (day, month, year).",
)

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})" + _MIDNIGHT, re.ASCII)
_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})" + _MIDNIGHT, re.ASCII)


def read_day(text: str) -> date:
    """Read dd/mm/yyyy, dd-Mmm-yyyy, 1 April 2015, or an ISO date; years from 1900 to 2199.

    The day always comes first, so 05/25/2014 is refused and not turned round. Two-digit years up to 69
    are of this century, as spreadsheets have it. A time of day is taken only when it is midnight.
    """
    cell = " ".join(text.split())
    try:
        day = _read(cell)
    except (ValueError, KeyError):
        day = None
    if day is None or not 1900 <= day.year <= 2199:
        raise DAY_UNREADABLE(read=text[:40])
    return day


def short_year(text: str) -> bool:
    """Whether a date that `read_day` takes has a year of two digits, so that its century is guessed."""
    found = _NUMBERS.fullmatch(cell := " ".join(text.split())) or _WORDS.fullmatch(cell)
    return found is not None and len(found[3]) == 2


def _read(cell: str) -> date | None:
    if found := _ISO.fullmatch(cell):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(cell):
        return date(_year(found[3]), int(found[2]), int(found[1]))
    if found := _WORDS.fullmatch(cell):
        name = found[2].lower()
        if len(name) > 4 and not _FULL.fullmatch(name):
            return None
        return date(_year(found[3]), _MONTHS[name[:3]], int(found[1]))
    return None


_FULL = re.compile("january|february|march|april|august|september|october|november|december")


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year <= 69 else 1900)
