"""Retire a public key of a client for good."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import client as rules
from services.gateway.store import client_keys, clients
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Sent, check_version, find, finish


async def retire_client_key(
    db: Database, caller: Caller, sent: Sent, client_id: UUID, key_id: UUID, version: int
) -> Answer:
    """Retire a key that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        client = await clients.lock(tx, client_id)
        before = next((each for each in await client_keys.of(tx, client_id) if each.id == key_id), None)
        if before is None:
            raise NOT_FOUND()
        check_version(before.version, version)
        after = rules.retire_key(before, await clients.now(tx))
        await client_keys.save(tx, after)
        change = Change(
            what="client_key_retired",
            thing="client_key",
            thing_id=after.id,
            owner_organisation_id=client.owner_organisation_id,
            facts={"client_id": client.id, "kid": after.kid},
        )
        return await finish(tx, sent, change, after, status=200)
