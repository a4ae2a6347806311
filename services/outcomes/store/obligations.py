"""Obligations, the indicators on their forms, and the returns that they make due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.outcomes.rules.indicator import Frequency
from services.outcomes.rules.obligation import AskedIndicator, DueReturn, Obligation
from services.outcomes.store.return_tables import due_returns, obligation_indicators, obligations
from services.outcomes.store.rows import adding, folded, if_given, known, only, values_of
from services.outcomes.store.scopes import owed, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(obligations)
_ADD_INDICATOR = adding(obligation_indicators)
_ADD_DUE = adding(due_returns)
_DUE_COLUMNS = ("period", "first_day", "last_day", "financial_year", "due_on")


def _with_indicators() -> Select[Any]:
    oi = obligation_indicators
    asked = (
        select(func.jsonb_agg(aggregate_order_by(folded(oi.c.indicator_id, oi.c.compulsory), oi.c.position)))
        .where(oi.c.obligation_id == obligations.c.id)
        .scalar_subquery()
        .label("indicators")
    )
    columns = [each for each in obligations.c if each.name != "reader_organisation_ids"]
    return select(*columns, asked).where(owed(obligations))


_GET = prepare(_with_indicators().where(obligations.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _with_indicators().where(
        if_given(obligations.c.partnership_id),
        if_given(obligations.c.contract_id),
        if_given(obligations.c.provider_organisation_id),
    ),
    obligations.c.recorded_at,
    obligations.c.id,
    obligations.c.recorded_at,
)
_DUE = prepare(
    select(*(due_returns.c[name] for name in _DUE_COLUMNS)).where(
        owed(due_returns, due_returns.c.financial_year),
        due_returns.c.obligation_id == bindparam("obligation", type_=Uuid),
        due_returns.c.period == bindparam("period", type_=due_returns.c.period.type),
    )
)


async def add(tx: Transaction, obligation: Obligation, due: Sequence[DueReturn]) -> datetime:
    """Add an obligation, its form, and what it makes due. Returns when it was recorded."""
    parties = readers(obligation)
    row = await tx.one(_ADD, **values_of(obligation, reader_organisation_ids=parties))
    below = {
        "obligation_id": obligation.id,
        "partnership_id": obligation.partnership_id,
        "owner_organisation_id": obligation.owner_organisation_id,
        "contract_id": obligation.contract_id,
        "provider_organisation_id": obligation.provider_organisation_id,
        "reader_organisation_ids": parties,
    }
    await tx.many(
        _ADD_INDICATOR,
        (values_of(each, position=at, **below) for at, each in enumerate(obligation.indicators)),
    )
    await tx.many(_ADD_DUE, (values_of(each, **below) for each in due))
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


def readers(obligation: Obligation) -> list[UUID]:
    """The parties of the contract, as every row below the obligation repeats them: lead, provider, associates."""
    return [
        obligation.lead_organisation_id,
        obligation.provider_organisation_id,
        *obligation.associate_organisation_ids,
    ]


async def get(tx: Transaction, obligation_id: UUID) -> Obligation:
    return _obligation(await tx.one(_GET, id=obligation_id, **scope(tx)))


async def maybe(tx: Transaction, obligation_id: UUID) -> Obligation | None:
    """The obligation, or None where there is none for this caller."""
    row = await tx.maybe(_GET, id=obligation_id, **scope(tx))
    return None if row is None else _obligation(row)


async def due(tx: Transaction, obligation_id: UUID, period: str) -> DueReturn | None:
    """What is owed for a period (DHIS2 id), or None."""
    row = await tx.maybe(_DUE, obligation=obligation_id, period=period, **scope(tx))
    return None if row is None else DueReturn(**row)


async def page(
    tx: Transaction,
    limit: int,
    after: After,
    within: Within,
    *,
    partnership_id: UUID | None,
    contract_id: UUID | None,
    provider_organisation_id: UUID | None,
) -> list[Obligation]:
    """At most `limit + 1` obligations, of a partnership, contract or provider where they are named."""
    asked = only(
        partnership_id=partnership_id,
        contract_id=contract_id,
        provider_organisation_id=provider_organisation_id,
    )
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [_obligation(row) for row in rows]


def _obligation(row: Mapping[str, Any]) -> Obligation:
    asked = tuple(AskedIndicator(UUID(each), compulsory) for each, compulsory in row["indicators"])
    made = known(row, frequency=Frequency)
    associates = tuple(row["associate_organisation_ids"])
    return Obligation(**{**made, "associate_organisation_ids": associates, "indicators": asked})
