"""Approve a succession, or take it back before it is approved."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import succession as rules
from services.gateway.store import successions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def decide_succession(
    db: Database, caller: Caller, sent: Sent, succession_id: UUID, version: int, approved: bool
) -> Answer:
    """Another client than the recorder's approves; from the effective date predecessors' clients write no more."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await successions.lock(tx, succession_id)
        check_version(before.version, version)
        maker = rules.Maker(caller.client_id, caller.person)
        after = rules.approve(before, maker) if approved else rules.withdraw(before)
        await successions.save(tx, after)
        what = "succession_approved" if approved else "succession_withdrawn"
        change = successions.told(what, after, caller.organisation_id)
        return await finish(tx, sent, change, after, status=200)
