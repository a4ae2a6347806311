"""Plans of savings by year, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.saving import PlannedYear
from services.budget.rules.saving_plan import SavingPlan
from services.budget.store.risk_tables import saving_plans
from services.budget.store.visibility import scope, to_partners
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.money import Money

_NAMES = tuple(column.name for column in saving_plans.c if column.name != "recorded_at")
_VISIBLE = select(*(saving_plans.c[name] for name in _NAMES)).where(to_partners(saving_plans))
_GET = prepare(_VISIBLE.where(saving_plans.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _VISIBLE.where(saving_plans.c.partnership_id == bindparam("partnership", type_=Uuid)),
    saving_plans.c.title,
    saving_plans.c.id,
    saving_plans.c.recorded_at,
)
_ADD = prepare(
    insert(saving_plans).values({name: bindparam(name, type_=saving_plans.c[name].type) for name in _NAMES})
)


async def get(tx: Transaction, plan_id: UUID) -> SavingPlan:
    return _plan(await tx.one(_GET, id=plan_id, **scope(tx)))


async def add(tx: Transaction, plan: SavingPlan) -> None:
    values = {name: getattr(plan, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "years": list(plan.years)})


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[SavingPlan]:
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [_plan(row) for row in rows]


def _plan(row: Mapping[str, Any]) -> SavingPlan:
    gap = None if row["gap"] is None else msgspec.convert(row["gap"], Money)
    return SavingPlan(**{**row, "years": msgspec.convert(row["years"], tuple[PlannedYear, ...]), "gap": gap})
