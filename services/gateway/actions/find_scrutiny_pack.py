"""Look for a pack that was asked for before, so that the services are not read for it again."""

from __future__ import annotations

from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find


async def find_scrutiny_pack(db: Database, caller: Caller, sent: Sent) -> Answer | None:
    """What was answered before; None where it was not asked for yet.

    By itself, since no transaction may be open while the services are read. Whoever keeps the pack looks again.
    """
    async with db.begin(caller, write=True) as tx:
        return await find(tx, sent)
