"""Needs, with the indicators that answer them and the contracts that report those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.outcomes.rules.need import Need, NeedIndicator
from services.outcomes.store.place_tables import need_indicators, needs
from services.outcomes.store.return_tables import obligation_indicators
from services.outcomes.store.rows import adding, folded, if_given, only, read, values_of
from services.outcomes.store.scopes import owed, scope, whole
from services.outcomes.store.tables import indicators
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_N, _NI, _OI = needs, need_indicators, obligation_indicators
_ADD = adding(_N)
_ADD_INDICATOR = adding(_NI)
_OBSERVED = _OI.c.partnership_id == any_(bindparam("observed", type_=ARRAY(Uuid)))
_CONTRACTS = (
    select(func.coalesce(func.jsonb_agg(_OI.c.contract_id.distinct()), func.jsonb_build_array()))
    .where(_OI.c.indicator_id == _NI.c.indicator_id, or_(owed(_OI), _OBSERVED))
    .scalar_subquery()
)
_ANSWERED = (
    select(
        func.jsonb_agg(
            aggregate_order_by(folded(indicators.c.id, indicators.c.code, _CONTRACTS), _NI.c.position)
        )
    )
    .join_from(_NI, indicators, indicators.c.id == _NI.c.indicator_id)
    .where(_NI.c.need_id == _N.c.id)
    .scalar_subquery()
    .label("indicators")
)
_ALL = select(_N, _ANSWERED).where(whole(_N))
_GET = prepare(_ALL.where(_N.c.id == bindparam("id", type_=Uuid)))
_OF_INDICATOR = bindparam("indicator", type_=Uuid)
_PAGES = Pages(
    _ALL.where(
        if_given(_N.c.partnership_id),
        or_(
            _OF_INDICATOR.is_(None),
            _N.c.id.in_(select(_NI.c.need_id).where(_NI.c.indicator_id == _OF_INDICATOR)),
        ),
    ),
    _N.c.recorded_at,
    _N.c.id,
    _N.c.recorded_at,
)


async def add(tx: Transaction, need: Need, indicator_ids: Sequence[UUID]) -> Need:
    """Add a need with the indicators that answer it. Returns it as it is on record."""
    await tx.one(_ADD, **values_of(need))
    own = {
        "need_id": need.id,
        "partnership_id": need.partnership_id,
        "owner_organisation_id": need.owner_organisation_id,
    }
    await tx.many(
        _ADD_INDICATOR,
        ({"indicator_id": each, "position": at, **own} for at, each in enumerate(indicator_ids)),
    )
    return await get(tx, need.id)


async def get(tx: Transaction, need_id: UUID) -> Need:
    return _need(await tx.one(_GET, id=need_id, **scope(tx)))


async def page(
    tx: Transaction, partnership_id: UUID, indicator_id: UUID | None, limit: int, after: After, within: Within
) -> list[Need]:
    """At most `limit + 1` needs of a partnership, of one indicator where it is named."""
    asked = only(partnership_id=partnership_id) | {"indicator": indicator_id}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [_need(row) for row in rows]


def _need(row: Mapping[str, Any]) -> Need:
    served = tuple(
        NeedIndicator(UUID(each), code, tuple(sorted(map(UUID, contracts))))
        for each, code, contracts in row["indicators"] or ()
    )
    return read(row, Need, indicators=served)
