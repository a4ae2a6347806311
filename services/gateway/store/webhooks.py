"""Webhooks and their secrets, of the caller's own organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.gateway.rules.webhook import SECRET_OVERLAP_HOURS, Webhook, WebhookState
from services.gateway.store.webhook_tables import webhook_secrets, webhooks
from shared.db import Prepared, Row, Transaction, prepare, refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.keyset import After, Pages, Within

refuse_constraint("webhooks_pkey", ID_UNAVAILABLE)

_NEW = ("id", "owner_organisation_id", "client_id", "url", "types", "description", "state")
_COLUMNS = (*_NEW, "failing_since", "version")
_OWN = webhooks.c.owner_organisation_id == bindparam("own", type_=Uuid)
_SELECT = select(*(webhooks.c[name] for name in (*_COLUMNS, "recorded_at"))).where(_OWN)
_GET = prepare(_SELECT.where(webhooks.c.id == bindparam("id", type_=Uuid)))
_LOCK = prepare(_SELECT.where(webhooks.c.id == bindparam("id", type_=Uuid)).with_for_update())
_PAGES = Pages(_SELECT, webhooks.c.recorded_at, webhooks.c.id, updated=webhooks.c.updated_at)
_ALL = prepare(_SELECT)
_ADD = prepare(insert(webhooks).values({name: bindparam(name, type_=webhooks.c[name].type) for name in _NEW}))
_SAVE = Prepared(
    "update webhooks set state = $2, failing_since = $3, version = $4 where id = $1"
    " and owner_organisation_id = $5",
    ("id", "state", "failing_since", "version", "own"),
    {},
)
_ADD_SECRET = prepare(
    insert(webhook_secrets).values(
        {
            name: bindparam(name, type_=webhook_secrets.c[name].type)
            for name in ("webhook_id", "owner_organisation_id", "secret")
        }
    )
)
# The one that counts without end is the newest; the one before it signs along for a day.
_AGE_SECRETS = Prepared(
    "update webhook_secrets set counts_until = clock_timestamp() + make_interval(hours => $2)"
    " where webhook_id = $1 and counts_until is null",
    ("webhook_id", "hours"),
    {},
)
_SECRETS = Prepared(
    "select secret from webhook_secrets where webhook_id = $1 and owner_organisation_id = $2"
    " and (counts_until is null or counts_until > clock_timestamp()) order by recorded_at desc, id",
    ("webhook_id", "own"),
    {},
)
_TO_TELL = Prepared("select webhook_id, told_client_id from webhooks_to_tell()", (), {})
_NOW = Prepared("select clock_timestamp() as now", (), {})


async def get(tx: Transaction, webhook_id: UUID) -> Webhook:
    return _webhook(await tx.one(_GET, id=webhook_id, own=tx.caller.organisation_id))


async def lock(tx: Transaction, webhook_id: UUID) -> Webhook:
    return _webhook(await tx.one(_LOCK, id=webhook_id, own=tx.caller.organisation_id))


async def every(tx: Transaction) -> list[Webhook]:
    return [_webhook(row) for row in await tx.all(_ALL, own=tx.caller.organisation_id)]


async def page(
    tx: Transaction, within: Within, limit: int, after: After
) -> tuple[list[Webhook], dict[UUID, datetime]]:
    """A page of webhooks, and when each was recorded, by which the list goes."""
    rows = await _PAGES.read(tx, limit, after, within, own=tx.caller.organisation_id)
    return [_webhook(row) for row in rows], {row["id"]: row["recorded_at"] for row in rows}


async def add(tx: Transaction, webhook: Webhook, secret: bytes) -> None:
    values: dict[str, Any] = {name: getattr(webhook, name) for name in _NEW}
    await tx.do(_ADD, **{**values, "types": list(webhook.types)})
    await add_secret(tx, webhook, secret)


async def add_secret(tx: Transaction, webhook: Webhook, secret: bytes) -> None:
    """A further secret; those before it count a day longer."""
    await tx.do(_AGE_SECRETS, webhook_id=webhook.id, hours=SECRET_OVERLAP_HOURS)
    await tx.do(
        _ADD_SECRET,
        webhook_id=webhook.id,
        owner_organisation_id=webhook.owner_organisation_id,
        secret=secret,
    )


async def save(tx: Transaction, webhook: Webhook) -> None:
    await tx.do(
        _SAVE,
        id=webhook.id,
        state=webhook.state.value,
        failing_since=webhook.failing_since,
        version=webhook.version,
        own=tx.caller.organisation_id,
    )


async def secrets(tx: Transaction, webhook_id: UUID) -> list[bytes]:
    """The secrets that count now, the newest first."""
    rows = await tx.all(_SECRETS, webhook_id=webhook_id, own=tx.caller.organisation_id)
    return [row["secret"] for row in rows]


async def to_tell(tx: Transaction) -> list[tuple[UUID, UUID]]:
    """Every active webhook with the client in whose name it is told."""
    return [(row["webhook_id"], row["told_client_id"]) for row in await tx.all(_TO_TELL)]


async def now(tx: Transaction) -> datetime:
    found: datetime = (await tx.one(_NOW))["now"]
    return found


def _webhook(row: Row) -> Webhook:
    values = {name: row[name] for name in _COLUMNS}
    return Webhook(**{**values, "types": tuple(row["types"]), "state": WebhookState(row["state"])})
