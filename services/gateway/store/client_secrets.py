"""Secrets of clients: their digests go in here and come out in admission alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.gateway.rules.client import ClientSecret
from services.gateway.store.tables import client_secrets
from shared.db import Transaction, prepare

_COLUMNS = ("id", "client_id", "owner_organisation_id", "expires_at", "retired_at", "version")
_NEW = ("id", "client_id", "owner_organisation_id", "digest", "expires_at")
_OF = prepare(
    select(*(client_secrets.c[name] for name in _COLUMNS))
    .where(client_secrets.c.client_id == bindparam("client", type_=Uuid))
    .order_by(client_secrets.c.recorded_at, client_secrets.c.id)
)
_ADD = prepare(
    insert(client_secrets).values({name: bindparam(name, type_=client_secrets.c[name].type) for name in _NEW})
)
_SAVE = prepare(
    update(client_secrets)
    .where(client_secrets.c.id == bindparam("id", type_=Uuid))
    .values(
        retired_at=bindparam("new_retired_at", type_=client_secrets.c.retired_at.type),
        version=bindparam("new_version", type_=client_secrets.c.version.type),
    )
)


async def of(tx: Transaction, client_id: UUID) -> list[ClientSecret]:
    """Every secret that a client has and had. Only for a client that the caller was found to manage."""
    return [_secret(row) for row in await tx.all(_OF, client=client_id)]


async def add(tx: Transaction, secret: ClientSecret, digest: bytes) -> None:
    values = {name: getattr(secret, name) for name in _NEW if name != "digest"}
    await tx.do(_ADD, digest=digest, **values)


async def save(tx: Transaction, secret: ClientSecret) -> None:
    await tx.do(_SAVE, id=secret.id, new_retired_at=secret.retired_at, new_version=secret.version)


def _secret(row: Mapping[str, Any]) -> ClientSecret:
    return ClientSecret(**{name: row[name] for name in _COLUMNS})
