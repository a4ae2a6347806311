"""Plan from which sources a pressure is funded, in which order."""

from __future__ import annotations

from services.budget.rules import funding_plan as rules
from services.budget.store import waterfalls
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def plan_waterfall(db: Database, caller: Caller, sent: Sent, asked: rules.FundingPlan) -> Answer:
    """Keep the plan. A source that needs an approval is drawn once its decision counts."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        planned = rules.plan(asked)
        await waterfalls.add(tx, planned)
        return await finish(tx, sent, waterfalls.told("waterfall_planned", planned), rules.draw(planned))
