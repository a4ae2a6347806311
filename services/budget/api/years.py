"""Financial years in queries: `2014-15`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from shared.calendar import FinancialYear, read_financial_year
from shared.errors import Refusal

YearQuery = Annotated[
    str, Query(pattern=r"^\d{4}-\d{2}$", description="A financial year.", examples=["2014-15"])
]


def year_of(text: str) -> FinancialYear:
    """The year, or a refusal that names the query parameter."""
    try:
        return read_financial_year(text)
    except Refusal as refusal:
        raise refusal.reason("?financial_year", **refusal.facts) from None


def label_of(text: str | None) -> str | None:
    """The year as bodies and tables write it, where one is asked for."""
    return None if text is None else year_of(text).label
