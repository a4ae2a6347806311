"""Notices that were published of contracts: recorded by who leads them, read by whoever may see the contract."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Uuid, bindparam, insert, select

from services.contracts.rules.published_notice import PublishedNotice
from services.contracts.store.published_notice_tables import published_notices
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import scope, visible
from shared.db import Row, Transaction, prepare
from shared.keyset import After, Pages, Within

_NAMES = tuple(each.name for each in published_notices.c if each.name != "recorded_at")
_ADD = prepare(
    insert(published_notices)
    .values({name: bindparam(name, type_=published_notices.c[name].type) for name in _NAMES})
    .returning(published_notices.c.recorded_at)
)


def _seen() -> Select[Any]:
    return (
        select(published_notices)
        .join(contracts, contracts.c.id == published_notices.c.contract_id)
        .where(visible())
    )


_GET = prepare(_seen().where(published_notices.c.id == bindparam("id", type_=Uuid)))
_PAGES = {
    of_one: Pages(
        _seen().where(*([published_notices.c.contract_id == bindparam("contract_id", type_=Uuid)] * of_one)),
        published_notices.c.recorded_at,
        published_notices.c.id,
        published_notices.c.recorded_at,
    )
    for of_one in (False, True)
}


async def add(tx: Transaction, notice: PublishedNotice) -> PublishedNotice:
    """Record a notice; gives it back with the database's time."""
    await tx.one(_ADD, **{name: getattr(notice, name) for name in _NAMES})
    return await get(tx, notice.id)


async def get(tx: Transaction, notice_id: UUID) -> PublishedNotice:
    """A notice on a contract that the caller may see in any shape."""
    return _notice(await tx.one(_GET, id=notice_id, **scope(tx)))


async def page(
    tx: Transaction, contract_id: UUID | None, limit: int, after: After, within: Within
) -> list[PublishedNotice]:
    """At most `limit + 1` notices in the order in which they were recorded."""
    values = {} if contract_id is None else {"contract_id": contract_id}
    pages = _PAGES[contract_id is not None]
    return [_notice(row) for row in await pages.read(tx, limit, after, within, **values, **scope(tx))]


def _notice(row: Row) -> PublishedNotice:
    return msgspec.convert(dict(row.items()), PublishedNotice)
