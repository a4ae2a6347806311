"""Record when a milestone was reached."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import milestone as rules
from services.budget.rules.agreement import party_ids
from services.budget.store import agreements, milestones
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def reach_milestone(
    db: Database,
    caller: Caller,
    sent: Sent,
    milestone_id: UUID,
    expected_version: int,
    reached: str,
    source: str,
) -> Answer:
    """By the organisation that planned it. The plan stays as it was."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        milestone = await milestones.get(tx, milestone_id)
        check_version(milestone.version, expected_version)
        rules.require_own(milestone, caller.organisations)
        changed = rules.reach(milestone, reached, source, await today(tx))
        await milestones.reach(tx, changed)
        agreement = await agreements.get(tx, milestone.agreement_id)
        change = milestones.told("milestone_reached", changed, party_ids(agreement.terms))
        return await finish(tx, sent, change, changed, status=200)
