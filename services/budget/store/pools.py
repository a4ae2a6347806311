"""Pools under their agreements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement
from services.budget.rules.pool import Pool
from services.budget.store.tables import pools
from services.budget.store.visibility import scope, to_partners
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(
    column.name for column in pools.c if column.name not in {"recorded_at", "updated_at", "kept_before"}
)
_VISIBLE = select(*(pools.c[name] for name in _NAMES)).where(to_partners(pools))
_GET = prepare(_VISIBLE.where(pools.c.id == bindparam("id", type_=Uuid)))
_UNDER = prepare(
    _VISIBLE.where(
        pools.c.agreement_id == bindparam("agreement_id", type_=Uuid), pools.c.arrangement == "shadow"
    )
    .order_by(pools.c.id)
    .with_for_update()
)
_IDS_UNDER = prepare(
    select(pools.c.id).where(
        to_partners(pools), pools.c.agreement_id == bindparam("agreement_id", type_=Uuid)
    )
)
_WHICH = bindparam("under", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        pools.c.partnership_id == bindparam("partnership", type_=Uuid),
        _WHICH.is_(None) | (pools.c.agreement_id == _WHICH),
    ),
    pools.c.name,
    pools.c.id,
    pools.c.updated_at,
)
_ADD = prepare(insert(pools).values({name: bindparam(name, type_=pools.c[name].type) for name in _NAMES}))
_SAVE = prepare(
    update(pools)
    .where(pools.c.id == bindparam("which", type_=Uuid))
    .values(
        arrangement=bindparam("arrangement", type_=pools.c.arrangement.type), version=bindparam("version")
    )
)
# Entries and balances keep the host in whose books they were made. Accounts are locked in id order, as postings do.
_REHOST = Prepared(
    "update pools set owner_organisation_id = $2, version = version + 1,"
    " kept_before = array_append(array_remove(kept_before, owner_organisation_id), owner_organisation_id)"
    " where agreement_id = $1 and owner_organisation_id <> $2",
    ("agreement_id", "host"),
    {},
)
_FOLLOW = Prepared(
    """
with following as materialized (
    select a.id from accounts a join pools p on p.id = a.pool_id
     where p.agreement_id = $1 and a.arrangement = 'pooled' and a.owner_organisation_id <> $2
     order by a.id for no key update of a)
update accounts set owner_organisation_id = $2 from following where accounts.id = following.id
""",
    ("agreement_id", "host"),
    {},
)


async def get(tx: Transaction, pool_id: UUID) -> Pool:
    return _pool(await tx.one(_GET, id=pool_id, **scope(tx)))


async def maybe(tx: Transaction, pool_id: UUID) -> Pool | None:
    row = await tx.maybe(_GET, id=pool_id, **scope(tx))
    return None if row is None else _pool(row)


async def lock_shadows(tx: Transaction, agreement_id: UUID) -> list[Pool]:
    """The shadow pools of an agreement, locked to be turned into real ones."""
    return [_pool(row) for row in await tx.all(_UNDER, agreement_id=agreement_id, **scope(tx))]


async def under(tx: Transaction, agreement_id: UUID) -> set[UUID]:
    """The ids of an agreement's pools."""
    return {row["id"] for row in await tx.all(_IDS_UNDER, agreement_id=agreement_id, **scope(tx))}


async def rehost(tx: Transaction, agreement_id: UUID, host: UUID) -> None:
    """Give the pools of an agreement, and the accounts of their pooled money, to the host that it names now."""
    await tx.do(_REHOST, agreement_id=agreement_id, host=host)
    await tx.do(_FOLLOW, agreement_id=agreement_id, host=host)


async def add(tx: Transaction, pool: Pool) -> None:
    await tx.do(_ADD, **_values(pool))


async def save(tx: Transaction, pool: Pool) -> None:
    await tx.do(_SAVE, which=pool.id, arrangement=pool.arrangement.value, version=pool.version)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    agreement_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Pool]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, under=agreement_id, **scope(tx)
    )
    return [_pool(row) for row in rows]


def _values(pool: Pool) -> dict[str, Any]:
    plain = {name: getattr(pool, name) for name in _NAMES}
    return {**plain, "category": pool.category.value, "arrangement": pool.arrangement.value}


def _pool(row: Mapping[str, Any]) -> Pool:
    return Pool(
        **{**row, "category": Category(row["category"]), "arrangement": Arrangement(row["arrangement"])}
    )
