"""Accounts of the ledger, read and opened; journals lock them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, insert, literal_column, select

from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.store.tables import accounts, pools
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in accounts.c if column.name != "recorded_at")
_VISIBLE = select(*(accounts.c[name] for name in _NAMES)).where(
    to_money(accounts, year=literal_column("'*'", Text))
)
_GET = prepare(_VISIBLE.where(accounts.c.id == bindparam("id", type_=Uuid)))
_SOME = prepare(_VISIBLE.where(accounts.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
_LINE = bindparam("of_line", type_=Uuid)
_POOL = bindparam("of_pool", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        accounts.c.partnership_id == bindparam("partnership", type_=Uuid),
        _LINE.is_(None) | (accounts.c.line_id == _LINE),
        _POOL.is_(None) | (accounts.c.pool_id == _POOL),
    ),
    accounts.c.name,
    accounts.c.id,
    accounts.c.recorded_at,
)
_ADD = prepare(
    insert(accounts).values({name: bindparam(name, type_=accounts.c[name].type) for name in _NAMES})
)


_KEEPERS = prepare(
    select(accounts.c.owner_organisation_id)
    .where(accounts.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .distinct()
)


# In id order, as a posting locks them.
_HOLD_UNDER = prepare(
    select(accounts.c.id)
    .select_from(accounts.join(pools, pools.c.id == accounts.c.pool_id))
    .where(pools.c.agreement_id == bindparam("agreement", type_=Uuid))
    .order_by(accounts.c.id)
    .with_for_update(key_share=True, of=accounts)
)
_RESERVE_FREE = Prepared("select reserve_free($1) as pence", ("account",), {})


async def hold_under(tx: Transaction, agreement_id: UUID) -> None:
    """Lock the accounts under an agreement: every posting to them comes before or after this transaction."""
    await tx.all(_HOLD_UNDER, agreement=agreement_id)


async def keepers(tx: Transaction, account_ids: Iterable[UUID]) -> set[UUID]:
    """Who keeps these accounts now: of pooled ones the host, which may have changed since something was posted."""
    return {row["owner_organisation_id"] for row in await tx.all(_KEEPERS, ids=list(set(account_ids)))}


async def get(tx: Transaction, account_id: UUID) -> Account:
    return _account(await tx.one(_GET, id=account_id, **scope(tx)))


async def some(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Account]:
    """Those of these accounts that the caller may see, by id."""
    rows = await tx.all(_SOME, ids=list(ids), **scope(tx))
    return {row["id"]: _account(row) for row in rows}


async def add(tx: Transaction, account: Account) -> None:
    values = {name: getattr(account, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "kind": account.kind.value})


async def page(
    tx: Transaction,
    partnership_id: UUID,
    pool_id: UUID | None,
    line_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Account]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_pool=pool_id, of_line=line_id, **scope(tx)
    )
    return [_account(row) for row in rows]


def _account(row: Mapping[str, Any]) -> Account:
    return Account(**{**row, "kind": AccountKind(row["kind"])})


async def reserve_free(tx: Transaction, account_id: UUID) -> int:
    """What a reserve has left for supplementary estimates, in pence: what it holds, and has not given before."""
    return int((await tx.one(_RESERVE_FREE, account=account_id))["pence"])
