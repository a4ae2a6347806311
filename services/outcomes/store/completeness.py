"""Completeness: what is owed beside what has come (`/v1/completeness`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import BOOLEAN, Date, bindparam, not_, or_, select, true

from services.outcomes.rules.completeness import DueItem, has_come
from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.rules.obligation import overdue
from services.outcomes.store import forms
from services.outcomes.store.obligations import still_due
from services.outcomes.store.return_tables import due_returns, obligations, returns
from services.outcomes.store.returns import visible, with_provider
from services.outcomes.store.rows import if_given, only, read
from services.outcomes.store.scopes import owed, scope
from shared.calendar import read_period
from shared.db import Transaction
from shared.keyset import After, Pages

_D, _R = due_returns, returns
_DUE = (
    "obligation_id",
    "partnership_id",
    "contract_id",
    "provider_organisation_id",
    "period",
    "financial_year",
    "first_day",
    "last_day",
    "due_on",
    "closes_on",
)
_SENT = ("state", "revision", "days_late", "version", "reasons")
# Looked up for each row that is shown: who sees what is due sees its obligation. As a join the planner would take it for a
# further filter, and read and sort all that is due for a page of it.
_OF = (
    select(obligations.c.title, obligations.c.frequency, obligations.c.lead_organisation_id)
    .where(obligations.c.id == _D.c.obligation_id)
    .limit(1)
    .lateral("of_obligation")
)
_PAGES = Pages(
    select(
        *(_D.c[name] for name in _DUE),
        *_OF.c,
        _R.c.id.label("return_id"),
        *(_R.c[name] for name in _SENT),
        _R.c.accepted_revision,
    )
    .join_from(_D, _OF, true())
    .outerjoin(_R, (_R.c.obligation_id == _D.c.obligation_id) & (_R.c.period == _D.c.period) & visible())
    .where(
        owed(_D, _D.c.financial_year),
        or_(still_due(), _R.c.id.is_not(None)),
        _D.c.last_day <= bindparam("as_at", type_=Date),
        if_given(_D.c.partnership_id),
        if_given(_D.c.contract_id),
        if_given(_D.c.provider_organisation_id),
        if_given(_D.c.financial_year),
        or_(
            not_(bindparam("outstanding", type_=BOOLEAN)),
            _R.c.id.is_(None),
            with_provider(),
        ),
    ),
    _D.c.due_on,
    _D.c.obligation_id,
    # Other days set from a period on can make two periods of an obligation due on one day.
    then=_D.c.period,
)


async def page(
    tx: Transaction,
    limit: int,
    after: After,
    *,
    as_at: date,
    outstanding: bool,
    with_forms: bool,
    **asked: Any,
) -> list[DueItem]:
    """At most `limit + 1` returns that are due for periods that have ended, the earliest due day first."""
    rows = await _PAGES.read(
        tx, limit, after, as_at=as_at, outstanding=outstanding, **only(**asked), **scope(tx)
    )
    items = [_item(row, as_at) for row in rows]
    if not with_forms or not items:
        return items
    found = await forms.of_periods(tx, {(each.obligation_id, each.first_day) for each in items})
    return [replace(each, form=found[each.obligation_id, each.first_day]) for each in items]


def _item(row: Mapping[str, Any], as_at: date) -> DueItem:
    state = None if row["state"] is None else ReturnState(row["state"])
    return read(
        row,
        DueItem,
        reasons=row["reasons"] or (),
        financial_quarter=read_period(row["period"]).financial_quarter,
        overdue=overdue(row["due_on"], as_at, has_come(state, row["accepted_revision"])),
        form=None,
    )
