"""Give a webhook its next secret. The one before it signs along for a day, so that the receiver can change over."""

from __future__ import annotations

import secrets
from uuid import UUID

from services.gateway.actions.create_webhook import SECRET_BYTES
from services.gateway.store import webhooks
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def add_webhook_secret(
    db: Database, caller: Caller, sent: Sent, webhook_id: UUID
) -> tuple[Answer, bytes | None]:
    """The answer that is kept, without the secret, and the secret, which a repeat does not get."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept, None
        webhook = await webhooks.lock(tx, webhook_id)
        secret = secrets.token_bytes(SECRET_BYTES)
        await webhooks.add_secret(tx, webhook, secret)
        change = Change(
            what="webhook_secret_added",
            thing="webhook",
            thing_id=webhook.id,
            owner_organisation_id=webhook.owner_organisation_id,
        )
        return await finish(tx, sent, change, webhook), secret
