"""Contracts that are over and were not ended yet."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, bindparam, literal_column, or_, select

from services.contracts.rules.state import RUNNING, State
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import led, scope
from shared.db import Transaction, prepare

_PLACE = bindparam("partnership_id", type_=Uuid)
_OVER = prepare(
    select(contracts.c.id)
    .where(
        led(),
        contracts.c.state.in_(
            [literal_column(f"'{each.value}'") for each in sorted(RUNNING - {State.HELD_OVER})]
        ),
        contracts.c.ends_as_it_stands < bindparam("as_at", type_=Date),
        or_(_PLACE.is_(None), contracts.c.partnership_id == _PLACE),
    )
    .order_by(contracts.c.ends_as_it_stands, contracts.c.id)
    .limit(bindparam("most", type_=Integer))
)


async def over(tx: Transaction, as_at: date, partnership_id: UUID | None, most: int) -> list[UUID]:
    """At most so many running contracts of the caller's whose last day lies before a day, the oldest first."""
    rows = await tx.all(_OVER, as_at=as_at, partnership_id=partnership_id, most=most, **scope(tx))
    return [row["id"] for row in rows]
