"""The thresholds of early warning that each organisation keeps, which its partners may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.category import Category
from services.budget.rules.early_warning import Severity, Threshold
from services.budget.store.commitment_tables import warning_thresholds
from services.budget.store.visibility import scope, to_partners_of_body
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in warning_thresholds.c if c.name not in {"recorded_at", "updated_at"})
_VISIBLE = select(*(warning_thresholds.c[name] for name in _NAMES)).where(
    to_partners_of_body(warning_thresholds)
)
_ID = warning_thresholds.c.id == bindparam("id", type_=Uuid)
_PLACE = warning_thresholds.c.partnership_id == bindparam("partnership", type_=Uuid)
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_OWNER = bindparam("of_owner", type_=Uuid)
_OF_OWNER = prepare(
    _VISIBLE.where(_PLACE, warning_thresholds.c.owner_organisation_id == _OWNER).order_by(
        warning_thresholds.c.id
    )
)
_PAGES = Pages(
    _VISIBLE.where(_PLACE, _OWNER.is_(None) | (warning_thresholds.c.owner_organisation_id == _OWNER)),
    warning_thresholds.c.in_force_from,
    warning_thresholds.c.id,
    warning_thresholds.c.updated_at,
)
_ADD = prepare(
    insert(warning_thresholds).values(
        {name: bindparam(name, type_=warning_thresholds.c[name].type) for name in _NAMES}
    )
)
_END = prepare(
    update(warning_thresholds)
    .where(warning_thresholds.c.id == bindparam("which", type_=Uuid))
    .values(
        in_force_to=bindparam("in_force_to", type_=warning_thresholds.c.in_force_to.type),
        version=bindparam("version", type_=warning_thresholds.c.version.type),
    )
)


async def get(tx: Transaction, threshold_id: UUID) -> Threshold:
    return _threshold(await tx.one(_GET, id=threshold_id, **scope(tx)))


async def lock(tx: Transaction, threshold_id: UUID) -> Threshold | None:
    """The threshold, locked; None where it is another organisation's."""
    row = await tx.maybe(_LOCK, id=threshold_id, **scope(tx))
    return None if row is None else _threshold(row)


async def of_owner(tx: Transaction, partnership_id: UUID, owner: UUID) -> list[Threshold]:
    rows = await tx.all(_OF_OWNER, partnership=partnership_id, of_owner=owner, **scope(tx))
    return [_threshold(row) for row in rows]


async def add(tx: Transaction, threshold: Threshold) -> None:
    await tx.do(_ADD, **{name: getattr(threshold, name) for name in _NAMES})


async def end(tx: Transaction, threshold: Threshold) -> None:
    await tx.do(_END, which=threshold.id, in_force_to=threshold.in_force_to, version=threshold.version)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    owner: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Threshold]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_owner=owner, **scope(tx)
    )
    return [_threshold(row) for row in rows]


def _threshold(row: Mapping[str, Any]) -> Threshold:
    return Threshold(
        **{
            **row,
            "severity": Severity(row["severity"]),
            "category": row["category"] and Category(row["category"]),
        }
    )
