"""Change a partnership's name, area or last day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.gateway.rules import partnership as rules
from services.gateway.store import members, partnerships
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def change_partnership(
    db: Database, caller: Caller, sent: Sent, partnership_id: UUID, version: int, changes: dict[str, Any]
) -> Answer:
    """Take over the changes to a partnership that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await partnerships.lock(tx, partnership_id)
        check_version(before.version, version)
        after = rules.change_partnership(before, changes)
        await partnerships.save(tx, after)
        change = Change(
            what="partnership_changed",
            thing="partnership",
            thing_id=after.id,
            owner_organisation_id=caller.organisation_id,
            partnership_id=after.id,
            readers=tuple({each.organisation_id for each in await members.of(tx, after.id)}),
            facts={"changed": sorted(changes)},
        )
        return await finish(tx, sent, change, after, status=200)
