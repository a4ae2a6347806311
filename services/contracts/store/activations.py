"""What stood behind contracts when they came into force: added with the move, and read by commissioners."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, func, insert, select

from services.contracts.rules.activation import Activation, Backing
from services.contracts.store.activation_tables import contract_activations, contract_pricings
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import accountable, led, scope
from shared.db import Transaction, prepare

_SHOWN = (
    "contract_id",
    "version",
    "partnership_id",
    "owner_organisation_id",
    "active_from",
    "backing",
    "no_indicator_reason",
)
_ADD = prepare(
    insert(contract_activations).values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in contract_activations.c
            if column.name != "recorded_at"
        }
    )
)
_LAST = prepare(
    select(*(contract_activations.c[name] for name in _SHOWN))
    .join(contracts, contracts.c.id == contract_activations.c.contract_id)
    .where(contract_activations.c.contract_id == bindparam("contract_id", type_=Uuid), accountable())
    .order_by(contract_activations.c.version.desc())
    .limit(1)
)
_PRICED = prepare(
    select(func.greatest(contracts.c.recorded_at, contract_pricings.c.priced_at).label("priced_at"))
    .select_from(contracts.outerjoin(contract_pricings, contract_pricings.c.contract_id == contracts.c.id))
    .where(contracts.c.id == bindparam("contract_id", type_=Uuid), led())
)


async def priced_at(tx: Transaction, contract_id: UUID) -> datetime:
    """Since when a contract that the caller leads asks its funding partners for what it asks."""
    found: datetime = (await tx.one(_PRICED, contract_id=contract_id, **scope(tx)))["priced_at"]
    return found


async def add(tx: Transaction, activation: Activation) -> None:
    values = {name: getattr(activation, name) for name in _SHOWN}
    await tx.do(
        _ADD,
        **{**values, "backing": msgspec.to_builtins(activation.backing)},
        organisation_id=tx.caller.organisation_id,
        client_id=tx.caller.client_id,
        person=tx.caller.person,
    )


async def last(tx: Transaction, contract_id: UUID) -> Activation:
    """The last coming into force of a contract of whose money the caller answers: pool lines are no associate's."""
    row = await tx.one(_LAST, contract_id=contract_id, **scope(tx))
    return Activation(**{**row, "backing": msgspec.convert(row["backing"], Backing)})
