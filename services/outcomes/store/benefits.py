"""Benefits that are expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.outcomes.rules.benefit import Benefit, with_change
from services.outcomes.store.evaluation_tables import benefits
from services.outcomes.store.rows import adding, if_given, only, read, values_of
from services.outcomes.store.scopes import scope, whole
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(benefits)
_ALL = select(benefits).where(whole(benefits))
_GET = prepare(_ALL.where(benefits.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(if_given(benefits.c.partnership_id), if_given(benefits.c.indicator_id)),
    benefits.c.recorded_at,
    benefits.c.id,
    benefits.c.recorded_at,
)


async def add(tx: Transaction, benefit: Benefit) -> datetime:
    """Add a benefit. Returns when it was recorded."""
    recorded_at: datetime = (await tx.one(_ADD, **values_of(benefit)))["recorded_at"]
    return recorded_at


async def get(tx: Transaction, benefit_id: UUID) -> Benefit:
    return _benefit(await tx.one(_GET, id=benefit_id, **scope(tx)))


async def page(tx: Transaction, limit: int, after: After, within: Within, **asked: Any) -> list[Benefit]:
    """At most `limit + 1` benefits in the order in which they were registered."""
    rows = await _PAGES.read(tx, limit, after, within, **only(**asked), **scope(tx))
    return [_benefit(row) for row in rows]


def _benefit(row: Mapping[str, Any]) -> Benefit:
    return with_change(read(row, Benefit))
