"""Which KPIs contracts are rated on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.outcomes.rules.kpi_rating import AwardRegime, KpiDuty, KpiDutyEdition, is_statutory, told_of
from services.outcomes.store.evaluation_tables import kpi_duties, kpi_duty_editions
from services.outcomes.store.return_tables import obligation_indicators
from services.outcomes.store.rows import adding, folded, if_given, only, read, values_of
from services.outcomes.store.scopes import contracted, owed, scope, whole
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_K, _E, _OI = kpi_duties, kpi_duty_editions, obligation_indicators
_ADD = adding(_K)
_ADD_EDITION = adding(_E)
_EDITION = folded(
    _E.c.effective_from,
    _E.c.award_regime,
    _E.c.value_pence,
    _E.c.framework_or_concession,
    _E.c.indicator_ids,
    _E.c.reason,
    _E.c.set_by_organisation_id,
    _E.c.set_by_client_id,
    _E.c.recorded_at,
)
_EDITIONS = (
    select(func.jsonb_agg(aggregate_order_by(_EDITION, _E.c.edition)))
    .where(_E.c.duty_id == _K.c.id, whole(_E))
    .scalar_subquery()
    .label("editions")
)
_ALL = select(_K, _EDITIONS).where(contracted(_K))
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


async def add_edition(tx: Transaction, duty: KpiDuty, edition: KpiDutyEdition) -> datetime:
    """Keep what holds from a day on. Returns when it was recorded."""
    row = await tx.one(
        _ADD_EDITION,
        **values_of(edition) | {"indicator_ids": list(edition.indicator_ids)},
        duty_id=duty.id,
        edition=len(duty.editions) + 1,
        partnership_id=duty.partnership_id,
        owner_organisation_id=duty.owner_organisation_id,
    )
    recorded_at: datetime = row["recorded_at"]
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
    editions = tuple(_edition(*each) for each in row["editions"] or ())
    duty = read(row, KpiDuty, editions=editions, version=len(editions) + 1)
    by = is_statutory(duty.award_regime, duty.value_pence, duty.framework_or_concession)
    return replace(duty, statutory=by)


def _edition(
    effective_from: str,
    regime: str,
    value_pence: int | None,
    framework_or_concession: bool,
    indicator_ids: list[str],
    why: str,
    organisation: str,
    client: str,
    at: str,
) -> KpiDutyEdition:
    return KpiDutyEdition(
        date.fromisoformat(effective_from),
        AwardRegime(regime),
        value_pence,
        framework_or_concession,
        tuple(UUID(each) for each in indicator_ids),
        why,
        UUID(organisation),
        UUID(client),
        is_statutory(AwardRegime(regime), value_pence, framework_or_concession),
        datetime.fromisoformat(at),
    )
