"""Give a client a further secret. The secret is told once and kept nowhere."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from services.gateway.rules import client as rules
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import client_secrets, clients
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish

PREFIX = "ics_"  # lets a scanner of files recognise one that was left lying about


def new_secret() -> str:
    """256 random bits as text."""
    return PREFIX + secrets.token_urlsafe(32)


async def add_client_secret(
    db: Database, caller: Caller, sent: Sent, client_id: UUID, expires_at: datetime | None
) -> tuple[Answer, str | None]:
    """Make a secret: the answer that is kept, without the secret, and the secret, which a repeat does not get."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept, None
        client = await clients.lock(tx, client_id)
        rules.require_no_more(client.scopes, known_scopes(ROWS), caller)
        made = rules.ClientSecret(uuid4(), client.id, client.owner_organisation_id, None, expires_at)
        made = rules.add_secret(made, await client_secrets.of(tx, client.id), await clients.now(tx))
        secret = new_secret()
        await client_secrets.add(tx, made, rules.digest(secret))
        change = Change(
            what="client_secret_added",
            thing="client_secret",
            thing_id=made.id,
            owner_organisation_id=client.owner_organisation_id,
            facts={"client_id": client.id},
        )
        return await finish(tx, sent, change, made), secret
