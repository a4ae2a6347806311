"""Finish a change that several services made together, and keep the answer to it."""

from __future__ import annotations

from services.gateway.rules import joint_change as rules
from services.gateway.rules.joint_change import JointChange
from services.gateway.store import joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Relayed, Sent, finish


async def finish_joint_change(
    db: Database, caller: Caller, sent: Sent, change: JointChange, last_word: Relayed
) -> Answer:
    """The answer is that of the service which had the last word."""
    ended = rules.done(change)
    async with db.begin(caller, write=True) as tx:
        await joint_changes.save(tx, ended)
        return await finish(tx, sent, joint_changes.told("joint_change_done", ended), last_word, status=200)
