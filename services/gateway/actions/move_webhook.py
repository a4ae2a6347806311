"""Move a webhook: to active once its address answered the challenge, to disabled, or back."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import webhook as rules
from services.gateway.rules.webhook import WebhookState
from services.gateway.store import webhook_deliveries, webhooks
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish

WHAT = {WebhookState.ACTIVE: "webhook_activated", WebhookState.DISABLED: "webhook_disabled"}


async def move_webhook(
    db: Database,
    caller: Caller,
    sent: Sent,
    webhook_id: UUID,
    version: int,
    to: WebhookState,
    places: dict[str, int] | None = None,
) -> Answer:
    """Move it. `places` are the ends of the feeds, from which it is told the first time it becomes active."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await webhooks.lock(tx, webhook_id)
        check_version(before.version, version)
        after = rules.move(before, to)
        await webhooks.save(tx, after)
        for service, position in (places or {}).items():
            await webhook_deliveries.start(tx, after, service, position)
        change = Change(
            what=WHAT[to],
            thing="webhook",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            facts={"before": before.state.value},
        )
        return await finish(tx, sent, change, after, 200)
