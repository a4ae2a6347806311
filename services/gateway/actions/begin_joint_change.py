"""Begin a change that several services make together: keep what was asked before any of them does anything."""

from __future__ import annotations

from services.gateway.rules import joint_change as rules
from services.gateway.rules.joint_change import JointChange
from services.gateway.store import joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


async def begin_joint_change(
    db: Database, caller: Caller, declined: JointChange | None, begun: JointChange
) -> JointChange:
    """The change as it was begun: the first time, or as a further attempt at one that was declined."""
    async with db.begin(caller, write=True) as tx:
        rules.require_free(await joint_changes.at_the_same(tx, begun))
        if declined is None:
            change = begun
            await joint_changes.add(tx, change)
        else:
            change = rules.again(declined, begun)
            await joint_changes.save(tx, change)
        await tell(tx, [joint_changes.told("joint_change_begun", change)])
    return change
