"""Set from which weekly cost an organisation looks at a package apart."""

from __future__ import annotations

from services.contracts.rules.high_cost import HighCostThreshold
from services.contracts.store import high_costs
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_high_cost_threshold(
    db: Database, caller: Caller, sent: Sent, asked: HighCostThreshold
) -> Answer:
    """Keep the threshold, or give back what was answered when it was set before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        made = await high_costs.add(tx, asked)
        change = Change(
            what="high_cost_threshold_set",
            thing="high_cost_threshold",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            facts={"holds_from": made.holds_from.isoformat(), "weekly_cost_pence": made.weekly_cost_pence},
        )
        return await finish(tx, sent, change, made)
