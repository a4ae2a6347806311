"""Action plans against forecast overspends, with their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, Uuid, bindparam, insert, select, update

from services.budget.rules.action_plan import ActionPlan, PlanState, Step
from services.budget.rules.line import Arrangement
from services.budget.store.commitment_tables import action_plans
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in action_plans.c if c.name not in {"recorded_at", "updated_at"})
_VISIBLE = select(*(action_plans.c[name] for name in _NAMES)).where(to_money(action_plans))
_ID = action_plans.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_STATE = bindparam("of_state", type_=Text)
_LINE = bindparam("of_line", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        action_plans.c.partnership_id == bindparam("partnership", type_=Uuid),
        _STATE.is_(None) | (action_plans.c.state == _STATE),
        _LINE.is_(None) | (action_plans.c.line_id == _LINE),
    ),
    action_plans.c.due_on,
    action_plans.c.id,
    action_plans.c.updated_at,
)
_ADD = prepare(
    insert(action_plans).values({name: bindparam(name, type_=action_plans.c[name].type) for name in _NAMES})
)
_SAVE = prepare(
    update(action_plans)
    .where(action_plans.c.id == bindparam("which", type_=Uuid))
    .values(
        {
            name: bindparam(name, type_=action_plans.c[name].type)
            for name in ("steps", "state", "outcome", "version")
        }
    )
)


async def get(tx: Transaction, plan_id: UUID) -> ActionPlan:
    return _plan(await tx.one(_GET, id=plan_id, **scope(tx)))


async def lock(tx: Transaction, plan_id: UUID) -> ActionPlan:
    """The plan, locked for a move where the caller may make one, and only seen where not: the rule then refuses."""
    row = await tx.maybe(_LOCK, id=plan_id, **scope(tx))
    return await get(tx, plan_id) if row is None else _plan(row)


async def add(tx: Transaction, plan: ActionPlan) -> None:
    values = {name: getattr(plan, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "steps": msgspec.to_builtins(plan.steps)})


async def save(tx: Transaction, plan: ActionPlan) -> None:
    await tx.do(
        _SAVE,
        which=plan.id,
        steps=msgspec.to_builtins(plan.steps),
        state=plan.state,
        outcome=plan.outcome,
        version=plan.version,
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    state: PlanState | None,
    line_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[ActionPlan]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_state=None if state is None else state.value,
        of_line=line_id,
        **scope(tx),
    )
    return [_plan(row) for row in rows]


def _plan(row: Mapping[str, Any]) -> ActionPlan:
    return ActionPlan(
        **{
            **row,
            "arrangement": Arrangement(row["arrangement"]),
            "state": PlanState(row["state"]),
            "steps": msgspec.convert(row["steps"], tuple[Step, ...]),
        }
    )
