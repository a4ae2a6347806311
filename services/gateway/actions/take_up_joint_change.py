"""Find out whether a change of several services was answered before, or begun before."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules.joint_change import JointChange
from services.gateway.store import joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find


async def take_up_joint_change(
    db: Database, caller: Caller, sent: Sent, change_id: UUID
) -> Answer | JointChange | None:
    """The answer given before under the same key, or the change as far as it has come; None where there is neither.

    In a writing transaction, since the key is held against a first request that is still running.
    """
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        return await joint_changes.find(tx, change_id)
