"""Partnerships."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, or_, select, update
from sqlalchemy.dialects.postgresql import BOOLEAN

from services.gateway.rules.partnership import Partnership
from services.gateway.store.organisations import scope
from services.gateway.store.tables import partnerships
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_SEEN = or_(
    bindparam("operator", type_=BOOLEAN),
    partnerships.c.id == any_(bindparam("partnerships", type_=ARRAY(Uuid))),
)
_WHOLE = select(partnerships).where(_SEEN)
_ONE = _WHOLE.where(partnerships.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_LOCK = prepare(_ONE.with_for_update())
_PAGES = Pages(_WHOLE, partnerships.c.recorded_at, partnerships.c.id, partnerships.c.updated_at)
_NEW = ("id", "name", "area", "currency", "from_date", "to_date")
_ADD = prepare(
    insert(partnerships).values({name: bindparam(name, type_=partnerships.c[name].type) for name in _NEW})
)
_CHANGING = ("name", "area", "to_date", "version")
_SAVE = prepare(
    update(partnerships)
    .where(partnerships.c.id == bindparam("id", type_=Uuid))
    .values({name: bindparam(f"new_{name}", type_=partnerships.c[name].type) for name in _CHANGING})
)


async def get(tx: Transaction, partnership_id: UUID) -> Partnership:
    return _partnership(await tx.one(_GET, id=partnership_id, **_scope(tx)))


async def lock(tx: Transaction, partnership_id: UUID) -> Partnership:
    """The partnership, held until the transaction ends; its members do not change meanwhile."""
    return _partnership(await tx.one(_LOCK, id=partnership_id, **_scope(tx)))


async def page(
    tx: Transaction, limit: int, after: After, within: Within
) -> list[tuple[Partnership, datetime]]:
    """At most `limit + 1` partnerships with the instant each was recorded, in that order."""
    rows = await _PAGES.read(tx, limit, after, within, **_scope(tx))
    return [(_partnership(row), row["recorded_at"]) for row in rows]


async def add(tx: Transaction, partnership: Partnership) -> None:
    await tx.do(_ADD, **{name: getattr(partnership, name) for name in _NEW})


async def save(tx: Transaction, partnership: Partnership) -> None:
    values = {f"new_{name}": getattr(partnership, name) for name in _CHANGING}
    await tx.do(_SAVE, id=partnership.id, **values)


def _scope(tx: Transaction) -> dict[str, Any]:
    return {name: value for name, value in scope(tx.caller).items() if name in {"operator", "partnerships"}}


def _partnership(row: Mapping[str, Any]) -> Partnership:
    return Partnership(**{name: row[name] for name in (*_NEW, "version")})
