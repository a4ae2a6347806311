"""What interim accounts hold, and what was moved out of them into the pool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.reclassification import Left, Reclassified
from services.budget.store.agreement_tables import reclassifications
from services.budget.store.visibility import scope, to_partners
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, Pages, Within

_NAMES = tuple(column.name for column in reclassifications.c if column.name != "recorded_at")
_PAGES = Pages(
    select(reclassifications).where(
        to_partners(reclassifications), reclassifications.c.agreement_id == bindparam("of", type_=Uuid)
    ),
    reclassifications.c.recorded_at,
    reclassifications.c.interim_account_id,
    reclassifications.c.recorded_at,
)
_ADD = prepare(
    insert(reclassifications).values(
        {name: bindparam(name, type_=reclassifications.c[name].type) for name in _NAMES}
    )
)
_HELD = Prepared(
    "select one.id as account_id, held.least_pence, held.most_pence"
    " from unnest($1::uuid[]) one (id) cross join lateral interim_left(one.id, $2::date) held",
    ("ids", "day"),
    {},
)
_LEFT = Prepared(
    """
select a.id from accounts a join pools p on p.id = a.pool_id join balances b on b.account_id = a.id
 where p.agreement_id = $1 and a.kind = 'interim' and b.book = 'actual'
 group by a.id having sum(b.amount_pence) <> 0 order by a.id
""",
    ("agreement_id",),
    {},
)


async def left(tx: Transaction, account_ids: Iterable[UUID], day: date) -> Mapping[UUID, Left]:
    """What these accounts hold at the end of a day and of each day after it: the least and the most of them."""
    rows = await tx.all(_HELD, ids=list(account_ids), day=day)
    return {row["account_id"]: Left(row["least_pence"], row["most_pence"]) for row in rows}


async def still_interim(tx: Transaction, agreement_id: UUID) -> list[UUID]:
    """Interim accounts under an agreement that do not stand at nil."""
    return [row["id"] for row in await tx.all(_LEFT, agreement_id=agreement_id)]


async def add(tx: Transaction, made: Iterable[Reclassified]) -> None:
    for each in made:
        await tx.do(_ADD, **{name: getattr(each, name) for name in _NAMES})


async def page(
    tx: Transaction,
    agreement_id: UUID,
    limit: int,
    after: tuple[datetime, UUID] | None,
    within: Within = WHENEVER,
) -> list[Reclassified]:
    """At most `limit + 1` of them, in the order in which they were recorded."""
    rows = await _PAGES.read(tx, limit, after, within, of=agreement_id, **scope(tx))
    return [Reclassified(**row) for row in rows]
