"""Reporting rates: what was due and what has come, counted by provider and period."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, and_, bindparam, func, not_, or_, select

from services.outcomes.rules.reporting_rate import ReportingCount, ReportingRate, reporting_rate
from services.outcomes.store.obligations import still_due
from services.outcomes.store.return_tables import due_returns, returns
from services.outcomes.store.returns import awaited, visible
from services.outcomes.store.rows import if_given, only
from services.outcomes.store.scopes import owed, scope
from shared.db import Transaction
from shared.keyset import After, Pages

_D, _R = due_returns, returns
_CAME = and_(_R.c.id.is_not(None), not_(awaited()))
_COUNTS = (
    select(
        _D.c.provider_organisation_id,
        _D.c.period,
        func.max(_D.c.financial_year).label("financial_year"),
        func.max(_D.c.last_day).label("last_day"),
        func.count().label("expected"),
        func.count().filter(_CAME).label("received"),
        func.count().filter(_CAME, _R.c.days_late == 0).label("on_time"),
        func.count().filter(_R.c.accepted_revision.is_not(None)).label("accepted"),
    )
    .outerjoin_from(
        _D, _R, and_(_R.c.obligation_id == _D.c.obligation_id, _R.c.period == _D.c.period, visible())
    )
    .where(
        owed(_D, _D.c.financial_year),
        or_(still_due(), _R.c.id.is_not(None)),
        _D.c.due_on < bindparam("as_at", type_=Date),
        if_given(_D.c.partnership_id),
        if_given(_D.c.contract_id),
        if_given(_D.c.provider_organisation_id),
        if_given(_D.c.financial_year),
    )
    .group_by(_D.c.provider_organisation_id, _D.c.period)
    .subquery()
)
_PAGES = Pages(select(_COUNTS), _COUNTS.c.last_day, _COUNTS.c.provider_organisation_id, then=_COUNTS.c.period)


async def page(
    tx: Transaction, limit: int, after: After, as_at: date, **asked: Any
) -> list[tuple[date, ReportingRate]]:
    """At most `limit + 1` rates of returns whose due day has passed, each with the last day of its period."""
    rows = await _PAGES.read(tx, limit, after, as_at=as_at, **only(**asked), **scope(tx))
    return [(row["last_day"], reporting_rate(ReportingCount(**_count(row)))) for row in rows]


def _count(row: Any) -> dict[str, Any]:
    return {name: value for name, value in dict(row).items() if name != "last_day"}
