"""Area hierarchies, each read whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from services.outcomes.rules.area import Area, AreaChange, AreaHierarchy
from services.outcomes.store.place_tables import area_hierarchies
from services.outcomes.store.rows import adding, values_of
from services.outcomes.store.scopes import scope, whole
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_H = area_hierarchies
_ADD = adding(_H)
_GET = prepare(select(_H).where(whole(_H), _H.c.id == bindparam("id", type_=Uuid)))
_IN_SHORT = [each for each in _H.c if each.name not in {"areas", "changes"}]
_PAGES = Pages(
    select(*_IN_SHORT, func.jsonb_array_length(_H.c.areas).label("area_count")).where(
        whole(_H), _H.c.partnership_id == bindparam("partnership", type_=Uuid)
    ),
    _H.c.recorded_at,
    _H.c.id,
    _H.c.recorded_at,
)


async def add(tx: Transaction, hierarchy: AreaHierarchy) -> datetime:
    """Add a hierarchy. Returns when it was recorded."""
    kept = {
        "areas": list(hierarchy.areas),
        "changes": [
            {
                "from_code": each.from_code,
                "to_code": each.to_code,
                "on": each.on.isoformat(),
                "share_percent": None if each.share_percent is None else str(each.share_percent),
            }
            for each in hierarchy.changes
        ],
    }
    recorded_at: datetime = (await tx.one(_ADD, **values_of(hierarchy) | kept))["recorded_at"]
    return recorded_at


async def get(tx: Transaction, hierarchy_id: UUID) -> AreaHierarchy:
    return _hierarchy(await tx.one(_GET, id=hierarchy_id, **scope(tx)))


async def maybe(tx: Transaction, hierarchy_id: UUID) -> AreaHierarchy | None:
    """The hierarchy, or None where there is none for this caller."""
    row = await tx.maybe(_GET, id=hierarchy_id, **scope(tx))
    return None if row is None else _hierarchy(row)


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within
) -> list[Mapping[str, Any]]:
    """At most `limit + 1` hierarchies in short, in the order in which they were recorded."""
    return list(await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx)))


def _hierarchy(row: Mapping[str, Any]) -> AreaHierarchy:
    areas = tuple(
        Area(each["code"], each["name"], each["kind"], tuple(each["parent_codes"])) for each in row["areas"]
    )
    changes = tuple(
        AreaChange(
            each["from_code"],
            each["to_code"],
            date.fromisoformat(each["on"]),
            None if each["share_percent"] is None else Decimal(each["share_percent"]),
        )
        for each in row["changes"]
    )
    return AreaHierarchy(**{**row, "areas": areas, "changes": changes})
