"""Tell an organisation that a change of its own was left half done: once, until somebody moves it on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.gateway.rules import joint_change as rules
from services.gateway.store import half_done_findings, joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


async def tell_half_done(db: Database, caller: Caller, change_id: UUID, age: timedelta) -> bool:
    """In the name of the client that began it. False where it has moved meanwhile, or was told of before."""
    async with db.begin(caller, write=True) as tx:
        change = await joint_changes.find(tx, change_id)
        if change is None or not rules.half_done(change, await joint_changes.now(tx), age):
            return False
        if not await half_done_findings.add(tx, change):
            return False
        await tell(tx, [joint_changes.told("joint_change_left_half_done", change)])
        return True
