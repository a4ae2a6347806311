"""Keep the answer to a succession that was applied, so that a repeat gets it again."""

from __future__ import annotations

from services.gateway.rules.succession import Succession
from services.gateway.store import successions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def finish_succession(db: Database, caller: Caller, sent: Sent, succession: Succession) -> Answer:
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        change = successions.told("succession_application_answered", succession, caller.organisation_id)
        return await finish(tx, sent, change, succession, status=200)
