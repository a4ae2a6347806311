"""Finish a change that several services made together, and keep the answer to it."""

from __future__ import annotations

from services.gateway.rules import joint_change as rules
from services.gateway.rules.joint_change import JointChange
from services.gateway.store import joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Relayed, Sent, finish


async def finish_joint_change(
    db: Database, caller: Caller, sent: Sent, change: JointChange, last_word: Relayed | None
) -> Answer:
    """The answer is that of the service which had the last word; without one, the change itself."""
    ended = rules.done(change)
    status = 201 if last_word is not None and change.kind in rules.MAKES else 200
    async with db.begin(caller, write=True) as tx:
        await joint_changes.save(tx, ended)
        answer = last_word or rules.shown_of(await joint_changes.get(tx, ended.id))
        return await finish(tx, sent, joint_changes.told("joint_change_done", ended), answer, status=status)
