"""Record a programme's savings plan."""

from __future__ import annotations

from services.budget.rules import saving_plan as rules
from services.budget.store import saving_plans
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def plan_savings(db: Database, caller: Caller, sent: Sent, asked: rules.SavingPlan) -> Answer:
    """Keep it for one's own organisation; blank cells stay not stated."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        plan = rules.check(asked)
        await saving_plans.add(tx, plan)
        change = Change(
            what="savings_planned",
            thing="saving_plan",
            thing_id=plan.id,
            owner_organisation_id=plan.owner_organisation_id,
            partnership_id=plan.partnership_id,
            facts={"programme": plan.programme},
        )
        return await finish(tx, sent, change, rules.view(plan))
