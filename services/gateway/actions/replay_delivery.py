"""Send a delivery again that has ended, whether it was taken or not."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import webhook as rules
from services.gateway.store import webhook_deliveries
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def replay_delivery(
    db: Database, caller: Caller, sent: Sent, webhook_id: UUID, delivery_id: UUID
) -> Answer:
    """Put it on its way with a fresh schedule. It bears the same id, so a receiver knows it again."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        after = rules.again(await webhook_deliveries.lock(tx, webhook_id, delivery_id))
        await webhook_deliveries.save(tx, after, queued=False, attempted=False)
        change = Change(
            what="webhook_delivery_replayed",
            thing="webhook_delivery",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            facts={"webhook_id": webhook_id},
        )
        return await finish(tx, sent, change, after, 200)
