"""Machine clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import BOOLEAN

from services.gateway.rules.client import Client
from services.gateway.store.tables import clients
from shared.caller import Caller
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within


def managed(table: Any, unit: Any = None) -> Any:
    """The scoped query, the first wall: the operator everybody's, a body its own, a sub-unit's client its unit's."""
    own = table.c.owner_organisation_id == bindparam("own", type_=Uuid)
    if unit is not None:
        own &= or_(bindparam("unit", type_=Uuid).is_(None), unit == bindparam("unit", type_=Uuid))
    return or_(bindparam("operator", type_=BOOLEAN), own)


def scope(caller: Caller) -> dict[str, Any]:
    """The arguments of the scoped query for this caller."""
    return {"operator": caller.operator, "own": caller.organisation_id, "unit": caller.sub_unit_id}


_WHOLE = select(clients).where(managed(clients, clients.c.organisation_id))
_ONE = _WHOLE.where(clients.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_LOCK = prepare(_ONE.with_for_update())
_NOW = prepare(select(func.clock_timestamp().label("now")))
_PAGES = Pages(_WHOLE, clients.c.recorded_at, clients.c.id, clients.c.updated_at)
_OF_OWNER = prepare(
    select(clients.c.id, clients.c.scopes).where(
        managed(clients, clients.c.organisation_id),
        clients.c.owner_organisation_id == bindparam("owner", type_=Uuid),
    )
)
_NEW = ("id", "owner_organisation_id", "organisation_id", "name", "scopes")
_ADD = prepare(insert(clients).values({name: bindparam(name, type_=clients.c[name].type) for name in _NEW}))
_CHANGING = ("name", "scopes", "disabled_at", "version")
_SAVE = prepare(
    update(clients)
    .where(clients.c.id == bindparam("id", type_=Uuid))
    .values({name: bindparam(f"new_{name}", type_=clients.c[name].type) for name in _CHANGING})
)


async def get(tx: Transaction, client_id: UUID) -> Client:
    return _client(await tx.one(_GET, id=client_id, **scope(tx.caller)))


async def lock(tx: Transaction, client_id: UUID) -> Client:
    """The client, held until the transaction ends; its keys and secrets do not change meanwhile."""
    return _client(await tx.one(_LOCK, id=client_id, **scope(tx.caller)))


async def page(tx: Transaction, limit: int, after: After, within: Within) -> list[tuple[Client, datetime]]:
    """At most `limit + 1` clients with the instant each was recorded, in that order."""
    rows = await _PAGES.read(tx, limit, after, within, **scope(tx.caller))
    return [(_client(row), row["recorded_at"]) for row in rows]


async def scopes_of(tx: Transaction, owner_organisation_id: UUID) -> dict[UUID, tuple[str, ...]]:
    """The scopes of each of an organisation's clients, as far as the caller manages them."""
    rows = await tx.all(_OF_OWNER, owner=owner_organisation_id, **scope(tx.caller))
    return {row["id"]: tuple(row["scopes"]) for row in rows}


async def now(tx: Transaction) -> datetime:
    """The database's clock."""
    found: datetime = (await tx.one(_NOW))["now"]
    return found


async def add(tx: Transaction, client: Client) -> None:
    values = {name: getattr(client, name) for name in _NEW}
    await tx.do(_ADD, **{**values, "scopes": list(client.scopes)})


async def save(tx: Transaction, client: Client) -> None:
    values = {f"new_{name}": getattr(client, name) for name in _CHANGING}
    await tx.do(_SAVE, id=client.id, **{**values, "new_scopes": list(client.scopes)})


def _client(row: Mapping[str, Any]) -> Client:
    columns = ("id", "owner_organisation_id", "organisation_id", "name", "disabled_at", "version")
    return Client(**{name: row[name] for name in columns}, scopes=tuple(row["scopes"]))
