"""Apply a succession in the directory: its own part, in one transaction, once."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from services.gateway.rules import succession as rules
from services.gateway.rules.succession import Succession, SuccessionPart
from services.gateway.store import members, organisations, succession_plans, successions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


async def move_memberships(db: Database, caller: Caller, succession_id: UUID) -> Succession:
    """End what the predecessors hold on the day before, and let the successors go on from the effective date."""
    async with db.begin(caller, write=True) as tx:
        before = await successions.lock(tx, succession_id)
        if SuccessionPart.DIRECTORY.value in before.parts:
            return before
        part = await succession_plans.plan(tx, before)
        for member in part.ended:
            await members.save(tx, member)
        for member in part.begun:
            await members.add(tx, member)
        for body in part.coded:
            await organisations.save(tx, body)
        answer = {
            "counts": part.counts,
            "remarks": [{**asdict(each), "thing_id": str(each.thing_id)} for each in part.remarks],
        }
        after = rules.applied(before, SuccessionPart.DIRECTORY, answer)
        await successions.save(tx, after)
        await tell(tx, [successions.told("succession_applied_in_directory", after, caller.organisation_id)])
    return after
