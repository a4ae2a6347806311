"""Make deliveries of what a webhook is told next, and go on in the feed, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.gateway.rules.webhook import WebhookState, wants
from services.gateway.store import webhook_deliveries, webhooks
from shared.caller import Caller
from shared.db import Database


async def dispatch_events(
    db: Database,
    caller: Caller,
    webhook_id: UUID,
    service: str,
    places: tuple[int, int],
    events: Sequence[tuple[int, str]],
) -> bool:
    """`events` are positions and types between the two places. False where another process was there before."""
    async with db.begin(caller, write=True) as tx:
        webhook = await webhooks.get(tx, webhook_id)
        if webhook.state is not WebhookState.ACTIVE:
            return False
        wanted = [each for each in events if wants(webhook, each[1])]
        return await webhook_deliveries.dispatch(tx, webhook, service, places, wanted)
