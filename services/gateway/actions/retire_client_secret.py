"""Retire a secret of a client for good."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import client as rules
from services.gateway.store import client_secrets, clients
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Sent, check_version, find, finish


async def retire_client_secret(
    db: Database, caller: Caller, sent: Sent, client_id: UUID, secret_id: UUID, version: int
) -> Answer:
    """Retire a secret that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        client = await clients.lock(tx, client_id)
        found = await client_secrets.of(tx, client_id)
        before = next((each for each in found if each.id == secret_id), None)
        if before is None:
            raise NOT_FOUND()
        check_version(before.version, version)
        after = rules.retire_secret(before, await clients.now(tx))
        await client_secrets.save(tx, after)
        change = Change(
            what="client_secret_retired",
            thing="client_secret",
            thing_id=after.id,
            owner_organisation_id=client.owner_organisation_id,
            facts={"client_id": client.id},
        )
        return await finish(tx, sent, change, after, status=200)
