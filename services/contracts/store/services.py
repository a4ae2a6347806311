"""The service catalogue of partnerships, for their commissioners."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, any_, bindparam, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.catalogued_service import CataloguedService
from services.contracts.store.service_tables import services
from services.contracts.store.visibility import scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.text import fold_key

MOST_TOGETHER = 5000
_SEEN = select(*(each for each in services.c if each.name != "name_key")).where(
    services.c.partnership_id == any_(bindparam("commissioned", type_=ARRAY(Uuid)))
)
_PLACE = services.c.partnership_id == bindparam("partnership_id", type_=Uuid)
_GET = prepare(_SEEN.where(services.c.id == bindparam("id", type_=Uuid)))
_OF = prepare(_SEEN.where(_PLACE).order_by(services.c.recorded_at, services.c.id).limit(MOST_TOGETHER))
_ADD = prepare(
    insert(services).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in services.c
            if each.name != "recorded_at"
        }
    )
)


@cache
def _pages(placed: bool) -> Pages:
    asked = _SEEN.where(_PLACE) if placed else _SEEN
    return Pages(asked, services.c.recorded_at, services.c.id, updated=services.c.recorded_at)


async def get(tx: Transaction, service_id: UUID) -> CataloguedService:
    """An entry of a catalogue of the caller's partnerships."""
    return _service(await tx.one(_GET, id=service_id, **scope(tx)))


async def of_partnership(tx: Transaction, partnership_id: UUID) -> list[CataloguedService]:
    """The catalogue of a partnership, as it was entered; at most five thousand entries."""
    rows = await tx.all(_OF, partnership_id=partnership_id, **scope(tx))
    return [_service(row) for row in rows]


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[CataloguedService]:
    """At most `limit + 1` entries in the order in which they were recorded."""
    rows = await _pages(bool(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_service(row) for row in rows]


async def add(tx: Transaction, service: CataloguedService) -> CataloguedService:
    """Add an entry; gives it back with the database's time."""
    names = [each.name for each in services.c if each.name not in ("name_key", "recorded_at")]
    values = {name: getattr(service, name) for name in names}
    await tx.do(_ADD, **values, name_key=fold_key(service.name))
    return await get(tx, service.id)


def _service(row: Mapping[str, Any]) -> CataloguedService:
    return msgspec.convert(dict(row), CataloguedService)
