"""Register a further public key of a client, so that it can change keys without a pause."""

from __future__ import annotations

from dataclasses import replace

from services.gateway.rules import client as rules
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import client_keys, clients
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def add_client_key(db: Database, caller: Caller, sent: Sent, asked: rules.ClientKey) -> Answer:
    """Register the key, or give back what was answered when it was registered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        client = await clients.lock(tx, asked.client_id)
        rules.require_no_more(client.scopes, known_scopes(ROWS), caller)
        key = rules.add_key(asked, await client_keys.of(tx, client.id))
        key = replace(key, owner_organisation_id=client.owner_organisation_id)
        await client_keys.add(tx, key)
        change = Change(
            what="client_key_added",
            thing="client_key",
            thing_id=key.id,
            owner_organisation_id=client.owner_organisation_id,
            facts={"client_id": client.id, "kid": key.kid, "algorithm": key.algorithm},
        )
        return await finish(tx, sent, change, key)
