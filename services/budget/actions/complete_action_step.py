"""Record that a step of an action plan was done."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import action_plan as rules
from services.budget.store import action_plans
from services.budget.store.clock import today
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def complete_action_step(
    db: Database,
    caller: Caller,
    sent: Sent,
    plan_id: UUID,
    expected_version: int,
    number: int,
    done_on: date,
    delivered_pence: int | None,
) -> Answer:
    """A step that was done stays done."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        plan = await action_plans.lock(tx, plan_id)
        day = await today(tx)
        done = rules.complete_step(plan, caller.organisation_id, number, done_on, delivered_pence, day)
        check_version(plan.version, expected_version)
        await action_plans.save(tx, done)
        change = Change(
            what="action_step_completed",
            thing="action_plan",
            thing_id=done.id,
            owner_organisation_id=done.owner_organisation_id,
            partnership_id=done.partnership_id,
            facts={"number": number},
        )
        return await finish(tx, sent, change, done, status=200)
