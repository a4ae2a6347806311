"""Change what is registered about an outside issuer: its keys, its clients, or whether it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.gateway.rules import issuer as rules
from services.gateway.rules.client import require_no_more
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import clients, issuers
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def change_issuer(
    db: Database,
    caller: Caller,
    sent: Sent,
    issuer_id: UUID,
    version: int,
    changes: dict[str, Any],
    own_issuer: str,
) -> Answer:
    """Take over the changes to an issuer that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await issuers.lock(tx, issuer_id)
        check_version(before.version, version)
        after = replace(before, **changes, version=before.version + 1)
        after = replace(after, keys=rules.read_keys(after.keys, after.algorithm))
        held = await clients.scopes_of(tx, after.owner_organisation_id)
        after = rules.check_issuer(after, held, own_issuer)
        if changes != {"enabled": False}:  # to switch one off opens nothing
            require_no_more(rules.scopes_behind(after, held), known_scopes(ROWS), caller)
        await issuers.save(tx, after)
        change = Change(
            what="issuer_changed",
            thing="issuer",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            facts={"changed": sorted(changes), "kids": [key["kid"] for key in after.keys]},
        )
        return await finish(tx, sent, change, after, status=200)
