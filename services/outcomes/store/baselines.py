"""Baselines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.disclosure import baseline_shown
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.store import indicators
from services.outcomes.store.rows import adding, if_given, known, only, values_of
from services.outcomes.store.scopes import defined_for_contract, scope
from services.outcomes.store.tables import baselines
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within
from shared.money import Qualifier

_ADD = adding(baselines)
_ALL = select(baselines).where(defined_for_contract(baselines))
_GET = prepare(_ALL.where(baselines.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(
        baselines.c.partnership_id == bindparam("partnership", type_=Uuid), if_given(baselines.c.indicator_id)
    ),
    baselines.c.recorded_at,
    baselines.c.id,
    baselines.c.recorded_at,
)
# A contract's own baseline comes before the partnership's.
_HOLDING = prepare(
    _ALL.where(
        baselines.c.indicator_id == bindparam("indicator", type_=Uuid),
        or_(baselines.c.contract_id.is_(None), baselines.c.contract_id == bindparam("contract", type_=Uuid)),
    )
    .order_by(baselines.c.contract_id.is_(None))
    .limit(1)
)


async def add(tx: Transaction, baseline: Baseline) -> datetime:
    """Add a baseline. Returns when it was recorded."""
    recorded_at: datetime = (await tx.one(_ADD, **values_of(baseline)))["recorded_at"]
    return recorded_at


async def get(tx: Transaction, baseline_id: UUID) -> Baseline:
    (found,) = await _as_seen(tx, [read_baseline(await tx.one(_GET, id=baseline_id, **scope(tx)))])
    return found


def observes_only(tx: Transaction, partnership_id: UUID) -> bool:
    """Whether the caller sees the partnership as an observer and in no other way."""
    caller = tx.caller
    audited = {each.partnership_id for each in caller.audits}
    others = ("commissioner", "host", "provider", "associate")
    return not caller.holds(partnership_id, *others) and partnership_id not in audited


async def _as_seen(tx: Transaction, found: list[Baseline]) -> list[Baseline]:
    """Baselines as the caller may see them: an observer's are disclosure-controlled."""
    hidden = {each.indicator_id for each in found if observes_only(tx, each.partnership_id)}
    known = await indicators.of_ids(tx, hidden) if hidden else {}
    return [
        baseline_shown(each, known[each.indicator_id]) if each.indicator_id in known else each
        for each in found
    ]


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
    return await _as_seen(tx, [read_baseline(row) for row in rows])


def read_baseline(row: Mapping[str, Any]) -> Baseline:
    """A baseline from its row."""
    return Baseline(**known(row, status=MeasureStatus, qualifier=Qualifier))
