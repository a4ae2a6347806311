"""Which KPIs contracts are rated on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.outcomes.rules.kpi_rating import AwardRegime, KpiDuty, is_statutory, told_of
from services.outcomes.store.evaluation_tables import kpi_duties
from services.outcomes.store.return_tables import obligation_indicators
from services.outcomes.store.rows import adding, if_given, known, only, values_of
from services.outcomes.store.scopes import owed, scope, whole
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_K, _OI = kpi_duties, obligation_indicators
_ADD = adding(_K)
_ALL = select(_K).where(whole(_K))
_GET = prepare(_ALL.where(_K.c.id == bindparam("id", type_=Uuid)))
_OF_PARTNERSHIP = prepare(_ALL.where(_K.c.partnership_id == bindparam("partnership", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(if_given(_K.c.partnership_id), if_given(_K.c.contract_id)),
    _K.c.recorded_at,
    _K.c.id,
    _K.c.recorded_at,
)
_REPORTED = prepare(
    select(_OI.c.indicator_id)
    .distinct()
    .where(
        owed(_OI),
        _OI.c.contract_id == bindparam("contract", type_=Uuid),
        _OI.c.partnership_id == bindparam("partnership", type_=Uuid),
    )
)


async def reported(tx: Transaction, partnership_id: UUID, contract_id: UUID) -> set[UUID]:
    """The indicators that are reported under a contract."""
    rows = await tx.all(_REPORTED, partnership=partnership_id, contract=contract_id, **scope(tx))
    return {row["indicator_id"] for row in rows}


async def add(tx: Transaction, duty: KpiDuty) -> datetime:
    """Add the KPIs of a contract. Returns when they were recorded."""
    values = values_of(duty) | {"indicator_ids": list(duty.indicator_ids)}
    recorded_at: datetime = (await tx.one(_ADD, **values))["recorded_at"]
    return recorded_at


async def get(tx: Transaction, duty_id: UUID) -> KpiDuty:
    return told_of(_duty(await tx.one(_GET, id=duty_id, **scope(tx))), tx.caller)


async def of_partnership(tx: Transaction, partnership_id: UUID) -> dict[UUID, KpiDuty]:
    """The KPIs of a partnership's contracts, by contract."""
    rows = await tx.all(_OF_PARTNERSHIP, partnership=partnership_id, **scope(tx))
    return {row["contract_id"]: told_of(_duty(row), tx.caller) for row in rows}


async def page(tx: Transaction, limit: int, after: After, within: Within, **asked: Any) -> list[KpiDuty]:
    """At most `limit + 1` contracts' KPIs in the order in which they were recorded."""
    rows = await _PAGES.read(tx, limit, after, within, **only(**asked), **scope(tx))
    return [told_of(_duty(row), tx.caller) for row in rows]


def _duty(row: Mapping[str, Any]) -> KpiDuty:
    made = known(row, award_regime=AwardRegime)
    duty = KpiDuty(**{**made, "indicator_ids": tuple(row["indicator_ids"])})
    by = is_statutory(duty.award_regime, duty.value_pence, duty.framework_or_concession)
    return replace(duty, statutory=by)
