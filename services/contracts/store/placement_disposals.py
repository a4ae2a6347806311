"""Certificates of disposal, and the placements that are to be disposed of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Date, Uuid, any_, bindparam, insert, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.placement import Placement
from services.contracts.rules.placement_disposal import PlacementDisposal
from services.contracts.store.placement_tables import PLACEMENT_STATE, placement_disposals, placements
from services.contracts.store.placements import owned, placement_of
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_OURS = bindparam("organisations", type_=ARRAY(Uuid))
_DUE = prepare(
    select(placements)
    .where(
        owned(),
        placements.c.disposed_on.is_(None),
        placements.c.state == literal_column("'ended'", PLACEMENT_STATE),
        placements.c.keep_until < bindparam("as_at", type_=Date),
        placements.c.keep_until > placements.c.ended_on,
    )
    .order_by(placements.c.id)
    .limit(bindparam("most"))
    .with_for_update()
)
_NAMED = prepare(
    select(placements)
    .where(owned(), placements.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(placements.c.id)
    .with_for_update()
)
_WRITTEN = [each.name for each in placement_disposals.c if each.name != "recorded_at"]
_ADD = prepare(
    insert(placement_disposals).values(
        {name: bindparam(name, type_=placement_disposals.c[name].type) for name in _WRITTEN}
    )
)
_SEEN = select(placement_disposals).where(placement_disposals.c.owner_organisation_id == any_(_OURS))
_GET = prepare(_SEEN.where(placement_disposals.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _SEEN,
    placement_disposals.c.recorded_at,
    placement_disposals.c.id,
    updated=placement_disposals.c.recorded_at,
)


async def due(tx: Transaction, as_at: date, most: int) -> list[Placement]:
    """At most so many ended placements of the caller's own whose retention was over before a day, locked in id order.

    Those of whom its organisation succeeded are its own: it is the controller now.
    """
    values = {"as_at": as_at, "most": most, "organisations": list(tx.caller.organisations)}
    return [placement_of(row) for row in await tx.all(_DUE, **values)]


async def named(tx: Transaction, ids: Sequence[UUID]) -> list[Placement]:
    """Those of these placements that are the caller's own, locked in id order."""
    values = {"ids": list(ids), "organisations": list(tx.caller.organisations)}
    return [placement_of(row) for row in await tx.all(_NAMED, **values)]


async def add(tx: Transaction, made: PlacementDisposal) -> PlacementDisposal:
    """Keep a certificate; gives it back with who recorded it and when."""
    caller = tx.caller
    row: dict[str, Any] = {name: getattr(made, name) for name in _WRITTEN}
    row |= {
        "basis": made.basis.value,
        "placement_ids": list(made.placement_ids),
        "organisation_id": caller.organisation_id,
        "client_id": caller.client_id,
        "person": caller.person,
    }
    await tx.do(_ADD, **row)
    return msgspec.convert({**dict((await _row(tx, made.id)).items()), "more": made.more}, PlacementDisposal)


async def get(tx: Transaction, disposal_id: UUID) -> PlacementDisposal:
    return msgspec.convert(dict((await _row(tx, disposal_id)).items()), PlacementDisposal)


async def _row(tx: Transaction, disposal_id: UUID) -> Any:
    return await tx.one(_GET, id=disposal_id, organisations=list(tx.caller.organisations))


async def page(
    tx: Transaction, limit: int, after: After, within: Within = WHENEVER
) -> list[PlacementDisposal]:
    """At most `limit + 1` certificates of the caller's own organisations, in the order in which they were made."""
    rows = await _PAGES.read(tx, limit, after, within, organisations=list(tx.caller.organisations))
    return [msgspec.convert(dict(row.items()), PlacementDisposal) for row in rows]
