"""What a contract is worth over its whole term: what is held against a threshold, disputed and published as its value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from services.contracts.rules.classification import ValueBasis
from shared.calendar import FinancialYear, financial_year_of
from shared.money import half_up


def worth_pence(pence: int | None, basis: ValueBasis, start: date | None, end: date | None) -> int | None:
    """The value of the whole term in pence. A total is just that; a yearly value is due in full for each whole
    financial year and by days (of 365 or 366) for a part of one, each year half-up.

    None where the value is not known, or where it is yearly and its term is not: what is due each year to no known
    end adds up to nothing that can be said. A value of less than nothing, which registers print in
    brackets, is kept as published and is no worth. The database works out the same (contracts.worth_pence), for filters.
    """
    if pence is None or pence < 0:
        return None
    if basis is ValueBasis.TOTAL:
        return pence
    if start is None or end is None:
        return None
    first, last = financial_year_of(start), financial_year_of(end)
    if first == last:
        return _part(pence, first, start, end)
    whole = last.start_year - first.start_year - 1
    return (
        _part(pence, first, start, first.last_day) + whole * pence + _part(pence, last, last.first_day, end)
    )


def published_worth_pence(content: Mapping[str, Any]) -> int | None:
    """The same of what is published of a contract: None too where a part of it is withheld."""
    return worth_pence(
        content.get("value_pence"),
        ValueBasis(content.get("value_basis") or ValueBasis.TOTAL),
        _day(content.get("start_date")),
        _day(content.get("end_date")),
    )


def _part(pence: int, year: FinancialYear, first: date, last: date) -> int:
    length = (year.last_day - year.first_day).days + 1
    return half_up(Fraction(pence * ((last - first).days + 1), length))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
