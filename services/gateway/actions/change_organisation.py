"""Change what the directory says about an organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.gateway.rules import organisation as rules
from services.gateway.store import organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def change_organisation(
    db: Database, caller: Caller, sent: Sent, organisation_id: UUID, version: int, changes: dict[str, Any]
) -> Answer:
    """Take over a new name, codes or other names of an organisation that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await organisations.lock(tx, organisation_id)
        check_version(before.version, version)
        after = rules.change_organisation(before, changes)
        await organisations.save(tx, after)
        change = Change(
            what="organisation_changed",
            thing="organisation",
            thing_id=after.id,
            owner_organisation_id=caller.organisation_id,
            readers=(after.id,),
            facts={"changed": sorted(changes)},
        )
        return await finish(tx, sent, change, after, status=200)
