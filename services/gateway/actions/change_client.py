"""Change a client's name or scopes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.gateway.rules import client as rules
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import clients, organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def change_client(
    db: Database, caller: Caller, sent: Sent, client_id: UUID, version: int, changes: dict[str, Any]
) -> Answer:
    """Take over the changes to a client that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await clients.lock(tx, client_id)
        check_version(before.version, version)
        organisation = await organisations.get(tx, before.organisation_id)
        after = rules.change_client(before, changes, organisation, known_scopes(ROWS), caller)
        await clients.save(tx, after)
        change = Change(
            what="client_changed",
            thing="client",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            facts={"changed": sorted(changes), "scopes": list(after.scopes)},
        )
        return await finish(tx, sent, change, after, status=200)
