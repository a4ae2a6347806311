"""Leave a delivery off the queue while its webhook is not active: nothing that it is to hear is passed over."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules.webhook import DeliveryState
from services.gateway.store import webhook_deliveries
from shared.caller import Caller
from shared.db import Database


async def keep_delivery_waiting(db: Database, caller: Caller, webhook_id: UUID, delivery_id: UUID) -> None:
    """It is queued anew once its webhook is active; one that has ended meanwhile stays as it is."""
    async with db.begin(caller, write=True) as tx:
        delivery = await webhook_deliveries.lock(tx, webhook_id, delivery_id)
        if delivery.state is DeliveryState.PENDING:
            await webhook_deliveries.save(tx, delivery, queued=False, attempted=False)
