"""Baselines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, null, or_, select, union_all

from services.outcomes.rules.baseline import Baseline
from services.outcomes.store.rows import adding, if_given, only, read, values_of
from services.outcomes.store.scopes import defined_but_observed, observed_alone, scope
from services.outcomes.store.shown_baseline_tables import shown_baselines
from services.outcomes.store.tables import baselines
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(baselines)
_ADD_SHOWN = prepare(
    insert(shown_baselines).values(
        {each.name: bindparam(each.name, type_=each.type) for each in shown_baselines.c}
    )
)


def _shown(each: Any) -> Any:
    """A column of a baseline from what observers may see of it: never what it rests on."""
    if each.name == "id":
        return shown_baselines.c.baseline_id
    return shown_baselines.c[each.name] if each.name in shown_baselines.c else null().cast(each.type)


# Exact figures for those who may see them; for who only observes what was published.
seen = union_all(
    select(baselines).where(defined_but_observed(baselines)),
    select(*(_shown(each).label(each.name) for each in baselines.c)).where(observed_alone(shown_baselines)),
).subquery("seen")
_ALL = select(seen)
_GET = prepare(_ALL.where(seen.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(seen.c.partnership_id == bindparam("partnership", type_=Uuid), if_given(seen.c.indicator_id)),
    seen.c.recorded_at,
    seen.c.id,
    seen.c.recorded_at,
)
# A contract's own baseline comes before the partnership's.
_HOLDING = prepare(
    _ALL.where(
        seen.c.indicator_id == bindparam("indicator", type_=Uuid),
        or_(seen.c.contract_id.is_(None), seen.c.contract_id == bindparam("contract", type_=Uuid)),
    )
    .order_by(seen.c.contract_id.is_(None))
    .limit(1)
)


async def add(tx: Transaction, baseline: Baseline, shown: Baseline) -> datetime:
    """Add a baseline, and what observers may see of it. Returns when it was recorded."""
    recorded_at: datetime = (await tx.one(_ADD, **values_of(baseline)))["recorded_at"]
    await tx.do(_ADD_SHOWN, **values_of(shown) | {"baseline_id": baseline.id, "recorded_at": recorded_at})
    return recorded_at


async def get(tx: Transaction, baseline_id: UUID) -> Baseline:
    return read_baseline(await tx.one(_GET, id=baseline_id, **scope(tx)))


async def holding(tx: Transaction, indicator_id: UUID, contract_id: UUID | None) -> Baseline | None:
    """The baseline that holds for an indicator under a contract, or throughout the partnership."""
    row = await tx.maybe(_HOLDING, indicator=indicator_id, contract=contract_id, **scope(tx))
    return None if row is None else read_baseline(row)


async def page(
    tx: Transaction, partnership_id: UUID, indicator_id: UUID | None, limit: int, after: After, within: Within
) -> list[Baseline]:
    """At most `limit + 1` baselines of a partnership, of one indicator where it is named."""
    asked = {"partnership": partnership_id, **only(indicator_id=indicator_id)}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [read_baseline(row) for row in rows]


def read_baseline(row: Mapping[str, Any]) -> Baseline:
    """A baseline from its row."""
    return read(row, Baseline)
