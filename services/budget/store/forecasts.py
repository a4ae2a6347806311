"""Forecasts of lines, one edition after the other, and what was spent on a line month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Uuid, bindparam, insert, not_, select

from services.budget.rules.early_warning import Warned
from services.budget.rules.forecast import Assumption, Forecast, ForecastBasis
from services.budget.rules.line import Arrangement
from services.budget.store.commitment_tables import action_plans, forecasts
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in forecasts.c if c.name != "recorded_at")
_VISIBLE = select(*(forecasts.c[name] for name in _NAMES)).where(to_money(forecasts))
_GET = prepare(_VISIBLE.where(forecasts.c.id == bindparam("id", type_=Uuid)))
_YEAR = bindparam("of_year", type_=forecasts.c.financial_year.type)
_LINE = bindparam("of_line", type_=Uuid)
_DUE = bindparam("plan_due", type_=Boolean)
_PLANNED = select(action_plans.c.id).where(action_plans.c.forecast_id == forecasts.c.id).exists()
_PAGES = Pages(
    _VISIBLE.where(
        forecasts.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (forecasts.c.financial_year == _YEAR),
        _LINE.is_(None) | (forecasts.c.line_id == _LINE),
        not_(_DUE) | (forecasts.c.warning["action_plan_due"].as_boolean() & ~_PLANNED),
    ),
    forecasts.c.made_on,
    forecasts.c.id,
    forecasts.c.recorded_at,
)
_ADD = prepare(
    insert(forecasts).values({name: bindparam(name, type_=forecasts.c[name].type) for name in _NAMES})
)
_NEXT = Prepared(
    "select coalesce(max(edition), 0) + 1 as edition from forecasts where line_id = $1", ("line",), {}
)
# From the balances, which are kept by effective month: months 1 to 12 of the financial year.
_MONTHS = Prepared(
    """
select (extract(month from b.effective_month)::integer + 8) % 12 + 1 as month, sum(b.amount_pence) as pence
  from accounts a join balances b on b.account_id = a.id
 where a.line_id = $1 and a.kind in ('expenditure', 'income') and b.book = 'actual' group by 1
""",
    ("line",),
    {},
)


async def get(tx: Transaction, forecast_id: UUID) -> Forecast:
    return _forecast(await tx.one(_GET, id=forecast_id, **scope(tx)))


async def maybe(tx: Transaction, forecast_id: UUID) -> Forecast | None:
    row = await tx.maybe(_GET, id=forecast_id, **scope(tx))
    return None if row is None else _forecast(row)


async def next_edition(tx: Transaction, line_id: UUID) -> int:
    """The number of the line's next forecast; the line is locked."""
    edition: int = (await tx.one(_NEXT, line=line_id))["edition"]
    return edition


async def actual_by_month(tx: Transaction, line_id: UUID) -> dict[int, int]:
    return {row["month"]: int(row["pence"]) for row in await tx.all(_MONTHS, line=line_id)}


async def add(tx: Transaction, forecast: Forecast) -> None:
    values = {name: getattr(forecast, name) for name in _NAMES}
    values |= {
        "base_pence": list(forecast.base_pence),
        "months_pence": list(forecast.months_pence),
        "assumptions": msgspec.to_builtins(forecast.assumptions),
        "warning": None if forecast.warning is None else msgspec.to_builtins(forecast.warning),
    }
    await tx.do(_ADD, **values)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    line_id: UUID | None,
    plan_due: bool,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Forecast]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_year=financial_year,
        of_line=line_id,
        plan_due=plan_due,
        **scope(tx),
    )
    return [_forecast(row) for row in rows]


def _forecast(row: Mapping[str, Any]) -> Forecast:
    budget, outturn, warning = row["budget_adjusted_pence"], row["outturn_pence"], row["warning"]
    return Forecast(
        **{
            **row,
            "arrangement": Arrangement(row["arrangement"]),
            "basis": ForecastBasis(row["basis"]),
            "base_pence": tuple(row["base_pence"]),
            "months_pence": tuple(row["months_pence"]),
            "assumptions": msgspec.convert(row["assumptions"], tuple[Assumption, ...]),
            "variance_pence": None if budget is None or outturn is None else budget - outturn,
            "warning": None if warning is None else msgspec.convert(warning, Warned),
        }
    )
