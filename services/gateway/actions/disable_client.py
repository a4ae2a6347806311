"""Disable a client: its tokens stop within seconds, and it gets no new ones."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import client as rules
from services.gateway.store import clients
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def disable_client(db: Database, caller: Caller, sent: Sent, client_id: UUID, version: int) -> Answer:
    """Disable a client that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await clients.lock(tx, client_id)
        check_version(before.version, version)
        after = rules.disable(before, await clients.now(tx), caller)
        await clients.save(tx, after)
        change = Change(
            what="client_disabled",
            thing="client",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
        )
        return await finish(tx, sent, change, after, status=200)
