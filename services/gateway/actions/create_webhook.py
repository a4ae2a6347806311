"""Register an address to be told of changes. It is told nothing until it has answered a challenge."""

from __future__ import annotations

import secrets

from services.gateway.rules import webhook as rules
from services.gateway.rules.webhook import Webhook
from services.gateway.rules.webhook_address import check_url
from services.gateway.store import webhooks
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish

SECRET_BYTES = 32


async def create_webhook(
    db: Database, caller: Caller, sent: Sent, asked: Webhook, *, local: bool
) -> tuple[Answer, bytes | None]:
    """The answer that is kept, without the secret, and the secret, which a repeat does not get."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept, None
        check_url(asked.url, local=local)
        rules.require_room(await webhooks.every(tx))
        secret = secrets.token_bytes(SECRET_BYTES)
        await webhooks.add(tx, asked, secret)
        change = Change(
            what="webhook_created",
            thing="webhook",
            thing_id=asked.id,
            owner_organisation_id=asked.owner_organisation_id,
            facts={"url": asked.url, "client_id": asked.client_id},
        )
        return await finish(tx, sent, change, asked), secret
