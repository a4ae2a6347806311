"""Open an action plan against a forecast overspend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.budget.rules import action_plan as rules
from services.budget.store import action_plans, forecasts
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def open_action_plan(
    db: Database,
    caller: Caller,
    sent: Sent,
    plan_id: UUID,
    forecast_id: UUID,
    due_on: date | None,
    steps: Sequence[rules.Step],
) -> Answer:
    """It is due at the next meeting that the forecast names, unless another is named."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        forecast = await forecasts.maybe(tx, forecast_id)
        plan = rules.open_plan(plan_id, forecast, caller.organisation_id, due_on, steps)
        await action_plans.add(tx, plan)
        change = Change(
            what="action_plan_opened",
            thing="action_plan",
            thing_id=plan.id,
            owner_organisation_id=plan.owner_organisation_id,
            partnership_id=plan.partnership_id,
            facts={"line_id": str(plan.line_id), "due_on": plan.due_on.isoformat()},
        )
        return await finish(tx, sent, change, plan)
