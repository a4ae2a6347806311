"""Enable a client that was disabled."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import client as rules
from services.gateway.store import clients
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def enable_client(db: Database, caller: Caller, sent: Sent, client_id: UUID, version: int) -> Answer:
    """Enable a client that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await clients.lock(tx, client_id)
        check_version(before.version, version)
        after = rules.enable(before)
        await clients.save(tx, after)
        change = Change(
            what="client_enabled",
            thing="client",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
        )
        return await finish(tx, sent, change, after, status=200)
