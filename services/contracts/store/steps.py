"""The history of contracts: the steps that the caller may know of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, select

from services.contracts.rules.step import KeptStep
from services.contracts.store.life_tables import MOVE, contract_steps
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, inside, reachable, scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_SEEN = (
    select(contract_steps)
    .join(contracts, contracts.c.id == contract_steps.c.contract_id)
    .where(commissioning() | (inside() & ~contract_steps.c.private))
)
_OF = prepare(
    _SEEN.where(contract_steps.c.contract_id == bindparam("contract_id", type_=Uuid)).order_by(
        contract_steps.c.version
    )
)
_FILTERS: Mapping[str, Any] = {
    "contract_id": lambda: contract_steps.c.contract_id == bindparam("contract_id", type_=Uuid),
    "partnership_id": lambda: contract_steps.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "move": lambda: contract_steps.c.move == bindparam("move", type_=MOVE),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = _SEEN.where(*(_FILTERS[name]() for name in sorted(filters)))
    return Pages(
        asked if filters & {"contract_id", "partnership_id"} else asked.where(reachable()),
        contract_steps.c.recorded_at,
        contract_steps.c.contract_id,
        updated=contract_steps.c.recorded_at,
        then=contract_steps.c.version,
    )


async def of(tx: Transaction, contract_id: UUID) -> list[KeptStep]:
    """The whole history of a contract that the caller leads."""
    return [_step(row) for row in await tx.all(_OF, contract_id=contract_id, **scope(tx))]


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[KeptStep]:
    """At most `limit + 1` steps in the order in which they were recorded."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_step(row) for row in rows]


def _step(row: Mapping[str, Any]) -> KeptStep:
    made = {name: value for name, value in row.items() if name not in ("holds_from", "private")}
    return msgspec.convert({**made, "on": row["holds_from"]}, KeptStep)
