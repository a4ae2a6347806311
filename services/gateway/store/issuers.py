"""Outside issuers that organisations registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services.gateway.rules.issuer import ClientClaim, Issuer, ScopeClaim
from services.gateway.store.clients import managed, scope
from services.gateway.store.tables import issuer_clients, issuers
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within


def _whole() -> Select[Any]:
    folded = (
        select(
            func.coalesce(
                func.jsonb_object_agg(issuer_clients.c.claim_value, issuer_clients.c.client_id),
                func.jsonb_build_object(),
                type_=JSONB,
            )
        )
        .where(issuer_clients.c.issuer_id == issuers.c.id)
        .scalar_subquery()
        .label("clients")
    )
    # An issuer is a body's and can stand for any client of it: a sub-unit's client manages none.
    of_body = bindparam("unit", type_=Uuid).is_(None)
    return select(issuers, folded).where(managed(issuers), of_body)


_ONE = _whole().where(issuers.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_LOCK = prepare(_ONE.with_for_update(of=issuers))
_PAGES = Pages(_whole(), issuers.c.recorded_at, issuers.c.id, issuers.c.updated_at)
_CHANGING = (
    "audience",
    "algorithm",
    "keys",
    "client_claim",
    "scope_claim",
    "longest_life_seconds",
    "enabled",
    "version",
)
_NEW = ("id", "owner_organisation_id", "issuer", *_CHANGING)
_ADD = prepare(insert(issuers).values({name: bindparam(name, type_=issuers.c[name].type) for name in _NEW}))
_SAVE = prepare(
    update(issuers)
    .where(issuers.c.id == bindparam("id", type_=Uuid))
    .values({name: bindparam(f"new_{name}", type_=issuers.c[name].type) for name in _CHANGING})
)
_ADD_CLIENT = prepare(
    insert(issuer_clients).values(
        {each.name: bindparam(each.name, type_=each.type) for each in issuer_clients.c}
    )
)
_DROP_CLIENTS = prepare(
    delete(issuer_clients).where(issuer_clients.c.issuer_id == bindparam("issuer", type_=Uuid))
)


async def get(tx: Transaction, issuer_id: UUID) -> Issuer:
    return _issuer(await tx.one(_GET, id=issuer_id, **scope(tx.caller)))


async def lock(tx: Transaction, issuer_id: UUID) -> Issuer:
    return _issuer(await tx.one(_LOCK, id=issuer_id, **scope(tx.caller)))


async def page(tx: Transaction, limit: int, after: After, within: Within) -> list[tuple[Issuer, datetime]]:
    """At most `limit + 1` issuers with the instant each was recorded, in that order."""
    rows = await _PAGES.read(tx, limit, after, within, **scope(tx.caller))
    return [(_issuer(row), row["recorded_at"]) for row in rows]


async def add(tx: Transaction, issuer: Issuer) -> None:
    await tx.do(_ADD, **{name: getattr(issuer, name) for name in _NEW})
    await _save_clients(tx, issuer)


async def save(tx: Transaction, issuer: Issuer) -> None:
    await tx.do(_SAVE, id=issuer.id, **{f"new_{name}": getattr(issuer, name) for name in _CHANGING})
    await tx.do(_DROP_CLIENTS, issuer=issuer.id)
    await _save_clients(tx, issuer)


async def _save_clients(tx: Transaction, issuer: Issuer) -> None:
    await tx.many(
        _ADD_CLIENT,
        [
            {
                "issuer_id": issuer.id,
                "owner_organisation_id": issuer.owner_organisation_id,
                "claim_value": value,
                "client_id": client_id,
            }
            for value, client_id in issuer.clients.items()
        ],
    )


def _issuer(row: Mapping[str, Any]) -> Issuer:
    return Issuer(
        **{
            **{name: row[name] for name in _NEW},
            "keys": tuple(row["keys"]),
            "client_claim": ClientClaim(row["client_claim"]),
            "scope_claim": None if row["scope_claim"] is None else ScopeClaim(row["scope_claim"]),
            "clients": {value: UUID(client_id) for value, client_id in row["clients"].items()},
        }
    )
