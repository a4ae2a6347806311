"""Lines locked for a change of what they have, with their sums: moved, spent, committed, and their limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, select

from services.budget.rules.headroom import CommitmentLimit, LimitBasis, LineFunds
from services.budget.rules.line import Arrangement
from services.budget.store.commitment_tables import commitment_limits
from services.budget.store.lines import money_of
from services.budget.store.tables import agreements, lines, pools
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Row, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_FOUND = (
    select(
        lines,
        pools.c.owner_organisation_id.label("host_organisation_id"),
        agreements.c.party_ids,
    )
    .select_from(
        lines.outerjoin(pools, pools.c.id == lines.c.pool_id).outerjoin(
            agreements, agreements.c.id == pools.c.agreement_id
        )
    )
    .where(lines.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), to_money(lines))
)
_READ = prepare(_FOUND)
# In id order, so that two changes that cross the same lines wait for each other and never deadlock.
_LOCK = prepare(_FOUND.order_by(lines.c.id).with_for_update(key_share=True, of=lines))
# Read after the lock is held: a statement sees what was committed before it began.
_SUMS = Prepared(
    """
select one.id as line_id, ledger.moved, ledger.actual, held.committed,
       standing.basis, standing.limit_pence, approved.amount_pence as budget_pence,
       approved.amount_status as budget_status, approved.amount_qualifier as budget_qualifier
  from unnest($1::uuid[]) one (id)
  left join lateral (
      select coalesce(sum(b.amount_pence) filter (where b.book = 'budget'), 0) as moved,
             sum(b.amount_pence) filter (where b.book = 'actual') as actual
        from accounts a join balances b on b.account_id = a.id
       where a.line_id = one.id and a.kind in ('expenditure', 'income')) ledger on true
  left join lateral (
      select coalesce(sum(c.amount_pence), 0) as committed
        from commitment_balances c where c.line_id = one.id) held on true
  left join lateral (
      select l.basis, l.limit_pence from commitment_limits l
       where l.line_id = one.id order by l.recorded_at desc limit 1) standing on true
  left join lateral (
      select v.amount_pence, v.amount_status, v.amount_qualifier from line_budgets v
       where v.line_id = one.id and v.kind in ('original', 'revised')
       order by v.effective_from desc, v.number desc limit 1) approved on true
""",
    ("ids",),
    {},
)
_NAMES = tuple(column.name for column in commitment_limits.c if column.name != "recorded_at")
_ADD_LIMIT = prepare(
    insert(commitment_limits).values(
        {name: bindparam(name, type_=commitment_limits.c[name].type) for name in _NAMES}
    )
)
_VISIBLE = select(*(commitment_limits.c[name] for name in (*_NAMES, "recorded_at"))).where(
    to_money(commitment_limits)
)
_GET = prepare(_VISIBLE.where(commitment_limits.c.id == bindparam("id", type_=Uuid)))
_LINE = bindparam("of_line", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        commitment_limits.c.partnership_id == bindparam("partnership", type_=Uuid),
        _LINE.is_(None) | (commitment_limits.c.line_id == _LINE),
    ),
    commitment_limits.c.financial_year,
    commitment_limits.c.id,
    commitment_limits.c.recorded_at,
)


async def lock(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, LineFunds]:
    """Those of these lines that the caller sees, locked in id order, with their sums."""
    return await _with_sums(tx, await tx.all(_LOCK, ids=list(set(ids)), **scope(tx)))


async def read(tx: Transaction, line_id: UUID) -> LineFunds | None:
    """A line with its sums as they are now, not locked."""
    return (await _with_sums(tx, await tx.all(_READ, ids=[line_id], **scope(tx)))).get(line_id)


async def _with_sums(tx: Transaction, found: list[Row]) -> Mapping[UUID, LineFunds]:
    sums = {row["line_id"]: row for row in await tx.all(_SUMS, ids=[row["id"] for row in found])}
    return {row["id"]: _funds(row, sums[row["id"]]) for row in found}


async def add_limit(tx: Transaction, limit: CommitmentLimit) -> None:
    values = {name: getattr(limit, name) for name in _NAMES}
    await tx.do(_ADD_LIMIT, **{**values, "arrangement": limit.arrangement.value, "basis": limit.basis.value})


async def get_limit(tx: Transaction, limit_id: UUID) -> CommitmentLimit:
    return _limit(await tx.one(_GET, id=limit_id, **scope(tx)))


async def limits(
    tx: Transaction,
    partnership_id: UUID,
    line_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[CommitmentLimit]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_line=line_id, **scope(tx)
    )
    return [_limit(row) for row in rows]


def _limit(row: Mapping[str, Any]) -> CommitmentLimit:
    plain = {name: row[name] for name in _NAMES}
    return CommitmentLimit(
        **{**plain, "arrangement": Arrangement(row["arrangement"]), "basis": LimitBasis(row["basis"])}
    )


def _funds(row: Mapping[str, Any], sums: Mapping[str, Any]) -> LineFunds:
    """With the last approved budget of the year, where one came after the figure that the line opened with."""
    fence = row["nature"].get("ring_fence")
    return LineFunds(
        line_id=row["id"],
        partnership_id=row["partnership_id"],
        owner_organisation_id=row["owner_organisation_id"],
        arrangement=Arrangement(row["arrangement"]),
        pool_id=row["pool_id"],
        financial_year=row["financial_year"],
        budget=money_of(row if sums["budget_status"] is None else sums, "budget"),
        fence=None if fence is None else fence["grant"],
        ended_on=row["ended_on"],
        counts_from=row["counts_from"],
        party_ids=frozenset(row["party_ids"] or ()),
        host_organisation_id=row["host_organisation_id"],
        moved_pence=int(sums["moved"]),
        actual_pence=None if sums["actual"] is None else int(sums["actual"]),
        committed_pence=int(sums["committed"]),
        limit_basis=LimitBasis(sums["basis"] or "none"),
        limit_pence=sums["limit_pence"],
        spending=row["nature"].get("spending"),
        tags=frozenset(row["tags"]),
    )
