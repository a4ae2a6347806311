"""Risk shares of pools, every version kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, func, insert, select

from services.budget.rules.risk_share import RiskShare, Scheme
from services.budget.store.risk_tables import risk_shares
from services.budget.store.visibility import scope, to_partners
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in risk_shares.c if column.name != "recorded_at")
_VISIBLE = select(*(risk_shares.c[name] for name in _NAMES)).where(to_partners(risk_shares))
_POOL = risk_shares.c.pool_id == bindparam("pool_id", type_=Uuid)
_WHICH = bindparam("of_pool", type_=Uuid)
_GET = prepare(_VISIBLE.where(risk_shares.c.id == bindparam("id", type_=Uuid)))
_OF_POOL = prepare(_VISIBLE.where(_POOL).order_by(risk_shares.c.edition))
_LATEST = prepare(select(func.coalesce(func.max(risk_shares.c.edition), 0).label("edition")).where(_POOL))
_PAGES = Pages(
    _VISIBLE.where(
        risk_shares.c.partnership_id == bindparam("partnership", type_=Uuid),
        _WHICH.is_(None) | (risk_shares.c.pool_id == _WHICH),
    ),
    risk_shares.c.effective_from,
    risk_shares.c.id,
    risk_shares.c.recorded_at,
)
_ADD = prepare(
    insert(risk_shares).values({name: bindparam(name, type_=risk_shares.c[name].type) for name in _NAMES})
)


async def get(tx: Transaction, risk_share_id: UUID) -> RiskShare:
    return _risk_share(await tx.one(_GET, id=risk_share_id, **scope(tx)))


async def of_pool(tx: Transaction, pool_id: UUID) -> list[RiskShare]:
    """Every version of a pool's scheme, in the order in which they were recorded."""
    return [_risk_share(row) for row in await tx.all(_OF_POOL, pool_id=pool_id, **scope(tx))]


async def latest_edition(tx: Transaction, pool_id: UUID) -> int:
    edition: int = (await tx.one(_LATEST, pool_id=pool_id))["edition"]
    return edition


async def add(tx: Transaction, risk_share: RiskShare) -> None:
    await tx.do(_ADD, **{name: getattr(risk_share, name) for name in _NAMES})


async def page(
    tx: Transaction,
    partnership_id: UUID,
    pool_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[RiskShare]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_pool=pool_id, **scope(tx)
    )
    return [_risk_share(row) for row in rows]


def _risk_share(row: Mapping[str, Any]) -> RiskShare:
    return RiskShare(**{**row, "scheme": msgspec.convert(row["scheme"], Scheme)})
