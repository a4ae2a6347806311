"""Close an action plan with its outcome."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import action_plan as rules
from services.budget.store import action_plans
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def close_action_plan(
    db: Database,
    caller: Caller,
    sent: Sent,
    plan_id: UUID,
    expected_version: int,
    outcome: str,
) -> Answer:
    """It stays as it is from then on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        plan = await action_plans.lock(tx, plan_id)
        closed = rules.close(plan, caller.organisation_id, outcome)
        check_version(plan.version, expected_version)
        await action_plans.save(tx, closed)
        change = Change(
            what="action_plan_closed",
            thing="action_plan",
            thing_id=closed.id,
            owner_organisation_id=closed.owner_organisation_id,
            partnership_id=closed.partnership_id,
            facts={"line_id": str(closed.line_id)},
        )
        return await finish(tx, sent, change, closed, status=200)
