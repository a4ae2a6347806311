"""Enter a partnership in the directory."""

from __future__ import annotations

from services.gateway.rules import partnership as rules
from services.gateway.store import partnerships
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_partnership(db: Database, caller: Caller, sent: Sent, asked: rules.Partnership) -> Answer:
    """Enter the partnership, or give back what was answered when it was entered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        partnership = rules.create_partnership(asked)
        await partnerships.add(tx, partnership)
        change = Change(
            what="partnership_created",
            thing="partnership",
            thing_id=partnership.id,
            owner_organisation_id=caller.organisation_id,
            partnership_id=partnership.id,
        )
        return await finish(tx, sent, change, partnership)
