"""Keep that a service has applied its part of a succession, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.gateway.rules import succession as rules
from services.gateway.rules.succession import Succession, SuccessionPart
from services.gateway.store import successions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


async def keep_succession_part(
    db: Database, caller: Caller, succession_id: UUID, part: SuccessionPart, answer: Mapping[str, Any]
) -> Succession:
    """Once: who comes second finds it there."""
    async with db.begin(caller, write=True) as tx:
        before = await successions.lock(tx, succession_id)
        if part.value in before.parts:
            return before
        after = rules.applied(before, part, answer)
        await successions.save(tx, after)
        what = f"succession_applied_in_{part.value}"
        await tell(tx, [successions.told(what, after, caller.organisation_id)])
    return after
