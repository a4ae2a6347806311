"""Observations: accepted figures, as they may be shown to those who see accepted values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.measure import Measure
from services.outcomes.rules.observation import Observation
from services.outcomes.store.return_tables import observations
from services.outcomes.store.revisions import parties
from services.outcomes.store.rows import adding, if_given, only, read
from services.outcomes.store.scopes import accepted, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(observations, "id")
_SHOWN = (
    "id",
    "partnership_id",
    "contract_id",
    "obligation_id",
    "indicator_id",
    "period",
    "financial_year",
    "revision",
    "value",
    "status",
    "recorded_at",
)
_ALL = select(
    *(observations.c[name] for name in _SHOWN),
    observations.c.owner_organisation_id.label("provider_organisation_id"),
).where(accepted(observations))
_GET = prepare(_ALL.where(observations.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(
        if_given(observations.c.partnership_id),
        if_given(observations.c.indicator_id),
        if_given(observations.c.contract_id),
        if_given(observations.c.period),
    ),
    observations.c.recorded_at,
    observations.c.id,
    observations.c.recorded_at,
)


async def add(tx: Transaction, accepted_return: Return, measures: Mapping[UUID, Measure]) -> None:
    """Add what may be shown of an accepted revision, by indicator."""
    found = accepted_return
    await tx.many(
        _ADD,
        (
            {
                "return_id": found.id,
                "revision": found.revision,
                "indicator_id": indicator_id,
                "obligation_id": found.obligation_id,
                "period": found.period,
                "partnership_id": found.partnership_id,
                "owner_organisation_id": found.owner_organisation_id,
                "lead_organisation_id": found.lead_organisation_id,
                "reader_organisation_ids": parties(found),
                "financial_year": found.financial_year,
                "contract_id": found.contract_id,
                "last_day": found.last_day,
                "value": measure.value,
                "status": measure.status,
            }
            for indicator_id, measure in measures.items()
        ),
    )


async def get(tx: Transaction, observation_id: UUID) -> Observation:
    return _observation(await tx.one(_GET, id=observation_id, **scope(tx)))


async def page(
    tx: Transaction,
    limit: int,
    after: After,
    changed: Within,
    **asked: Any,
) -> list[Observation]:
    """At most `limit + 1` observations in the order in which they were accepted."""
    rows = await _PAGES.read(tx, limit, after, changed, **only(**asked), **scope(tx))
    return [_observation(row) for row in rows]


def _observation(row: Mapping[str, Any]) -> Observation:
    return read(row, Observation)
