"""Record what came of an attempt to deliver, and what that means for the webhook."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.gateway.rules import webhook as rules
from services.gateway.rules.webhook import DeliveryState, Outcome, WebhookState
from services.gateway.store import webhook_deliveries, webhooks
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


async def record_attempt(
    db: Database, caller: Caller, webhook_id: UUID, delivery_id: UUID, outcome: Outcome | None
) -> int | None:
    """In how many seconds to try again; None for never. Without an outcome it was withheld."""
    async with db.begin(caller, write=True) as tx:
        delivery = await webhook_deliveries.lock(tx, webhook_id, delivery_id)
        if delivery.state is not DeliveryState.PENDING:
            return None
        if outcome is None:
            held = replace(delivery, state=DeliveryState.WITHHELD, version=delivery.version + 1)
            await webhook_deliveries.save(tx, held, queued=True, attempted=False)
            return None
        before = await webhooks.lock(tx, webhook_id)
        after, again = rules.attempted(delivery, outcome)
        webhook = rules.after_attempt(before, after, outcome, await webhooks.now(tx))
        await webhook_deliveries.save(tx, after, queued=True, attempted=True)
        if webhook != before:
            await webhooks.save(tx, webhook)
        if webhook.state is WebhookState.FAILED is not before.state:
            change = Change(
                what="webhook_given_up",
                thing="webhook",
                thing_id=webhook.id,
                owner_organisation_id=webhook.owner_organisation_id,
                facts={"last_status": outcome.status, "last_error": outcome.error},
            )
            await tell(tx, [change])
        return again
