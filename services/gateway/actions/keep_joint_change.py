"""Keep how far a change of several services has come."""

from __future__ import annotations

from services.gateway.rules.joint_change import ChangeState, JointChange
from services.gateway.store import joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


async def keep_joint_change(db: Database, caller: Caller, change: JointChange) -> JointChange:
    """Keep its last step, or that it was declined, before anything more is asked of anybody."""
    async with db.begin(caller, write=True) as tx:
        await joint_changes.save(tx, change)
        declined = change.state is ChangeState.DECLINED
        what = "joint_change_declined" if declined else "joint_change_moved"
        await tell(tx, [joint_changes.told(what, change)])
    return change
