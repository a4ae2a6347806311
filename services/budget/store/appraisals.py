"""Appraisals as they were given, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.appraisal_record import Appraisal, Given
from services.budget.store.risk_tables import appraisals
from services.budget.store.visibility import scope, to_partners
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in appraisals.c if column.name != "recorded_at")
_VISIBLE = select(*(appraisals.c[name] for name in _NAMES)).where(to_partners(appraisals))
_GET = prepare(_VISIBLE.where(appraisals.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _VISIBLE.where(appraisals.c.partnership_id == bindparam("partnership", type_=Uuid)),
    appraisals.c.title,
    appraisals.c.id,
    appraisals.c.recorded_at,
)
_ADD = prepare(
    insert(appraisals).values({name: bindparam(name, type_=appraisals.c[name].type) for name in _NAMES})
)


async def get(tx: Transaction, appraisal_id: UUID) -> Appraisal:
    return _appraisal(await tx.one(_GET, id=appraisal_id, **scope(tx)))


async def add(tx: Transaction, appraisal: Appraisal) -> None:
    await tx.do(_ADD, **{name: getattr(appraisal, name) for name in _NAMES})


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[Appraisal]:
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [_appraisal(row) for row in rows]


def _appraisal(row: Mapping[str, Any]) -> Appraisal:
    return Appraisal(**{**row, "given": msgspec.convert(row["given"], Given)})
