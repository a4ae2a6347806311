"""Thresholds of high cost, and the placements in care that reach them."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Date, Uuid, any_, bindparam, cast, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.high_cost import HighCostPlacement, HighCostThreshold
from services.contracts.rules.placement_life import IN_CARE, PlacementState
from services.contracts.store.placement_tables import PLACEMENT_STATE, high_cost_thresholds, placements
from services.contracts.store.placements import owned
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_OURS = bindparam("organisations", type_=ARRAY(Uuid))
_AS_AT = bindparam("as_at", type_=Date)
_ADD = prepare(
    insert(high_cost_thresholds).values(
        {
            name: bindparam(name, type_=high_cost_thresholds.c[name].type)
            for name in ("id", "owner_organisation_id", "holds_from", "weekly_cost_pence")
        }
    )
)
_MINE = select(high_cost_thresholds).where(high_cost_thresholds.c.owner_organisation_id == any_(_OURS))
_GET = prepare(_MINE.where(high_cost_thresholds.c.id == bindparam("id", type_=Uuid)))
_THRESHOLDS = Pages(
    _MINE,
    high_cost_thresholds.c.recorded_at,
    high_cost_thresholds.c.id,
    updated=high_cost_thresholds.c.recorded_at,
)
_HOLDS = (
    select(high_cost_thresholds.c.weekly_cost_pence)
    .where(
        high_cost_thresholds.c.owner_organisation_id == placements.c.owner_organisation_id,
        high_cost_thresholds.c.holds_from <= _AS_AT,
    )
    .order_by(high_cost_thresholds.c.holds_from.desc())
    .limit(literal_column("1"))
    .correlate(placements)
    .scalar_subquery()
)
_THRESHOLD = func.coalesce(cast(bindparam("threshold_pence"), BigInteger), _HOLDS)
_RUNS = placements.c.state.in_(
    [literal_column(f"'{each}'", PLACEMENT_STATE) for each in sorted({*IN_CARE, PlacementState.SUSPENDED})]
)
_REVIEW = func.coalesce(placements.c.review_date, literal_column("'-infinity'::date", Date))
_COSTLY = select(
    placements.c.id.label("placement_id"),
    placements.c.contract_id,
    placements.c.owner_organisation_id,
    placements.c.provider_organisation_id,
    placements.c.reference,
    placements.c.service,
    placements.c.weekly_cost_pence,
    _THRESHOLD.label("threshold_pence"),
    placements.c.out_of_area,
    placements.c.review_date,
    placements.c.review_date.is_(None).label("review_missing"),
    func.coalesce(placements.c.review_date < _AS_AT, literal_column("false")).label("review_overdue"),
).where(owned(), _RUNS, placements.c.weekly_cost_pence >= _THRESHOLD)
_PAGES = Pages(_COSTLY, _REVIEW, placements.c.id)


async def add(tx: Transaction, made: HighCostThreshold) -> HighCostThreshold:
    """Keep a threshold; gives it back with the database's time."""
    await tx.do(
        _ADD,
        id=made.id,
        owner_organisation_id=made.owner_organisation_id,
        holds_from=made.holds_from,
        weekly_cost_pence=made.weekly_cost_pence,
    )
    row = await tx.one(_GET, id=made.id, organisations=list(tx.caller.organisations))
    return msgspec.convert(dict(row.items()), HighCostThreshold)


async def thresholds(
    tx: Transaction, limit: int, after: After, within: Within = WHENEVER
) -> list[HighCostThreshold]:
    """At most `limit + 1` thresholds of the caller's own organisations, in the order in which they were recorded."""
    rows = await _THRESHOLDS.read(tx, limit, after, within, organisations=list(tx.caller.organisations))
    return [msgspec.convert(dict(row.items()), HighCostThreshold) for row in rows]


async def page(
    tx: Transaction, as_at: date, threshold_pence: int | None, limit: int, after: After
) -> list[HighCostPlacement]:
    """At most `limit + 1` of the caller's own placements at or above the threshold, those whose review is missing first."""
    values: dict[str, Any] = {"as_at": as_at, "threshold_pence": threshold_pence}
    rows = await _PAGES.read(tx, limit, after, organisations=list(tx.caller.organisations), **values)
    return [msgspec.convert(dict(row.items()), HighCostPlacement) for row in rows]
