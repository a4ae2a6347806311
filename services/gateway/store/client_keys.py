"""Public keys of clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.gateway.rules.client import ClientKey
from services.gateway.store.tables import client_keys
from shared.db import Transaction, prepare

_NEW = ("id", "client_id", "owner_organisation_id", "kid", "algorithm", "jwk")
_COLUMNS = (*_NEW, "retired_at", "version")
_OF = prepare(
    select(*(client_keys.c[name] for name in _COLUMNS))
    .where(client_keys.c.client_id == bindparam("client", type_=Uuid))
    .order_by(client_keys.c.recorded_at, client_keys.c.id)
)
_ADD = prepare(
    insert(client_keys).values({name: bindparam(name, type_=client_keys.c[name].type) for name in _NEW})
)
_SAVE = prepare(
    update(client_keys)
    .where(client_keys.c.id == bindparam("id", type_=Uuid))
    .values(
        retired_at=bindparam("new_retired_at", type_=client_keys.c.retired_at.type),
        version=bindparam("new_version", type_=client_keys.c.version.type),
    )
)


async def of(tx: Transaction, client_id: UUID) -> list[ClientKey]:
    """Every key that a client has and had. Only for a client that the caller was found to manage."""
    return [_key(row) for row in await tx.all(_OF, client=client_id)]


async def add(tx: Transaction, key: ClientKey) -> None:
    await tx.do(_ADD, **{name: getattr(key, name) for name in _NEW})


async def save(tx: Transaction, key: ClientKey) -> None:
    await tx.do(_SAVE, id=key.id, new_retired_at=key.retired_at, new_version=key.version)


def _key(row: Mapping[str, Any]) -> ClientKey:
    return ClientKey(**{name: row[name] for name in _COLUMNS})
