"""Record that organisations become one, several, or another one."""

from __future__ import annotations

from services.gateway.rules import succession as rules
from services.gateway.store import organisations, successions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_succession(db: Database, caller: Caller, sent: Sent, asked: rules.Succession) -> Answer:
    """Keep what goes over to whom. Nothing changes until another client has approved it and it is applied."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        others = await successions.every(tx)
        ids = {*asked.predecessors, *asked.successors}
        found = [await organisations.find(tx, each) for each in sorted(ids)]
        succession = rules.record(asked, {each.id: each for each in found if each is not None}, others)
        await successions.add(tx, succession)
        succession = await successions.get(tx, succession.id)
        change = successions.told("succession_recorded", succession, caller.organisation_id)
        return await finish(tx, sent, change, succession)
