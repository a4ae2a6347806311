"""Publishers: added, changed, and read by everybody, since what they publish names them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, any_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.publisher import Publisher
from services.contracts.store.publication_tables import publications, publishers
from shared.db import Row, Transaction, prepare

LONGEST_SECONDS = 240  # a default carried through a register of hundreds of thousands of contracts
_ID = bindparam("owner", type_=Uuid)
_IDS = bindparam("owners", type_=ARRAY(Uuid))
_CHANGEABLE = ("name", "kind", "identifiers", "open_by_default", "version")
_VALUES = {name: bindparam(name, type_=publishers.c[name].type) for name in _CHANGEABLE}
_GET = prepare(select(publishers).where(publishers.c.owner_organisation_id == any_(_IDS)))
_LOCK = prepare(select(publishers).where(publishers.c.owner_organisation_id == _ID).with_for_update())
_ADD = prepare(insert(publishers).values(owner_organisation_id=_ID, **_VALUES))
_SAVE = prepare(update(publishers).where(publishers.c.owner_organisation_id == _ID).values(**_VALUES))
# What nobody decided by hand goes with the publisher's default; a version later, so that it is released.
_FOLLOW = prepare(
    update(publications)
    .where(
        publications.c.owner_organisation_id == _ID,
        ~publications.c.decided,
        publications.c.open != bindparam("open", type_=publications.c.open.type),
    )
    .values(open=bindparam("open", type_=publications.c.open.type), version=publications.c.version + 1)
)


async def get_all(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Publisher]:
    """Those of these bodies that publish."""
    rows = await tx.all(_GET, owners=list(ids)) if ids else []
    return {row["owner_organisation_id"]: _publisher(row) for row in rows}


async def get(tx: Transaction, owner: UUID) -> Publisher:
    return _publisher(await tx.one(_GET, owners=[owner]))


async def lock(tx: Transaction, owner: UUID) -> Publisher:
    """A publisher, locked until the end; the database gives nobody another body's to lock."""
    return _publisher(await tx.one(_LOCK, owner=owner))


async def add(tx: Transaction, publisher: Publisher) -> Publisher:
    await tx.do(_ADD, owner=publisher.owner_organisation_id, **_values(publisher))
    return await get(tx, publisher.owner_organisation_id)


async def save(tx: Transaction, publisher: Publisher) -> Publisher:
    await tx.do(_SAVE, owner=publisher.owner_organisation_id, **_values(publisher))
    return await get(tx, publisher.owner_organisation_id)


async def follow_default(tx: Transaction, publisher: Publisher) -> int:
    """Open or close every contract of the publisher that nobody decided on by hand; how many."""
    return await tx.do(_FOLLOW, owner=publisher.owner_organisation_id, open=publisher.open_by_default)


def _values(publisher: Publisher) -> dict[str, Any]:
    return {name: getattr(publisher, name) for name in _CHANGEABLE}


def _publisher(row: Row | Mapping[str, Any]) -> Publisher:
    return msgspec.convert(dict(row), Publisher)
