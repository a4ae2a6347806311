"""Year-ends of pools: what they are worked out from, and what was proposed and posted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, func, insert, select, update

from services.budget.rules.carry_forward import Contributed, Share
from services.budget.rules.period import Books, Period
from services.budget.rules.year_end import LATER_YEAR_CARRIED, YearEnd, YearEndState
from services.budget.store.lines import money_of
from services.budget.store.period_tables import year_ends
from services.budget.store.visibility import scope, to_books
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in year_ends.c if c.name not in {"books", "recorded_at", "updated_at"})
_ID = year_ends.c.id == bindparam("id", type_=Uuid)
_VISIBLE = select(*(year_ends.c[name] for name in _NAMES)).where(to_books(year_ends))
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_YEAR = bindparam("of_year", type_=year_ends.c.financial_year.type)
_POOL = bindparam("of_pool", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        year_ends.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (year_ends.c.financial_year == _YEAR),
        _POOL.is_(None) | (year_ends.c.pool_id == _POOL),
    ),
    year_ends.c.financial_year,
    year_ends.c.id,
    year_ends.c.updated_at,
)
_ADD = prepare(
    insert(year_ends).values({name: bindparam(name, type_=year_ends.c[name].type) for name in _NAMES})
)
_MOVING = ("state", "shares", "journal_id", "version")
_SAVE = prepare(
    update(year_ends)
    .where(year_ends.c.id == bindparam("which", type_=Uuid))
    .values({name: bindparam(name, type_=year_ends.c[name].type) for name in _MOVING})
)
_PLACE, _OWNER = bindparam("place", type_=Uuid), bindparam("owner", type_=Uuid)
_OF = bindparam("year", type_=year_ends.c.financial_year.type)
_CARRIED = Prepared("select year_is_carried($1, $2, $3) as carried", ("place", "owner", "year"), {})
# Of the pool's host and of the hosts before it, whose months stay closed.
_CLOSED = Prepared(
    """
select p.period from periods p
 where p.partnership_id = $1 and p.financial_year = $4 and p.books = 'pooled' and p.state = 'closed'
   and (p.owner_organisation_id = $2
        or exists (select from pools o where o.id = $3 and p.owner_organisation_id = any (o.kept_before)))
""",
    ("place", "owner", "pool", "year"),
    {},
)
# By the period that it was posted to, which is what the closed books say whatever was found out later; less what an
# earlier year's end took out of the account in a period after this one's, because this year was closed by then.
_BALANCE = Prepared(
    """
select coalesce((select sum(b.amount_pence) from balances b
                  where b.account_id = $1 and b.book = 'actual' and b.posting_period <= $2), 0)
       - coalesce((select sum(y.balance_pence) from year_ends y join journals j on j.id = y.journal_id
                    where y.account_id = $1 and y.state = 'posted' and y.financial_year < $3
                      and j.posting_period > $2), 0) as pence
""",
    ("account", "until", "year"),
    {},
)
_CARRIED_LATER = prepare(
    select(func.min(year_ends.c.financial_year).label("later")).where(
        year_ends.c.account_id == bindparam("account", type_=Uuid),
        year_ends.c.financial_year > _OF,
        year_ends.c.state == "posted",
    )
)
_CARRIED_BY = prepare(
    select(year_ends.c.id).where(year_ends.c.journal_id == bindparam("journal", type_=Uuid))
)
# Who gives in kind alone put no money in, and that is known whatever its worth.
_CONTRIBUTED = Prepared(
    """
with standing as (
    select c.* from contributions c
     where c.partnership_id = $1 and c.financial_year = $2 and c.pool_id = $3
       and not exists (select from contributions later where later.replaces_contribution_id = c.id))
select s.owner_organisation_id, s.funding_source, s.amount_pence, s.amount_status, s.amount_qualifier
  from standing s where s.form = 'cash'
union all
select distinct s.owner_organisation_id, s.funding_source, 0::bigint, 'actual'::money_status, null::money_qualifier
  from standing s
 where s.form = 'in_kind' and not exists (
    select from standing c where c.owner_organisation_id = s.owner_organisation_id and c.form = 'cash')
""",
    ("place", "year", "pool"),
    {},
)


async def is_carried(tx: Transaction, period: Period) -> bool:
    """Whether a balance of the period's year has been carried forward, of any pool that its owner hosts or hosted."""
    if period.books is not Books.POOLED:
        return False
    row = await tx.one(
        _CARRIED,
        place=period.partnership_id,
        owner=period.owner_organisation_id,
        year=period.financial_year,
    )
    return bool(row["carried"])


async def closed_periods(
    tx: Transaction, partnership_id: UUID, owner: UUID, pool_id: UUID, financial_year: str
) -> set[str]:
    """The closed periods of a year of a pool's books, whoever hosted it then."""
    rows = await tx.all(_CLOSED, place=partnership_id, owner=owner, pool=pool_id, year=financial_year)
    return {row["period"] for row in rows}


async def balance(tx: Transaction, account_id: UUID, financial_year: str) -> int:
    """What an account held at the end of a year, in pence, by what was posted up to its month 14.

    Refuses a year whose balance went along with that of a later one.
    """
    later = (await tx.one(_CARRIED_LATER, account=account_id, year=financial_year))["later"]
    if later is not None:
        raise LATER_YEAR_CARRIED(financial_year=later)
    until = f"{read_financial_year(financial_year).slug}-M14"
    row = await tx.one(_BALANCE, account=account_id, until=until, year=financial_year)
    return int(row["pence"])


async def carried_by(tx: Transaction, journal_id: UUID) -> UUID | None:
    """The year-end that a journal posted, if it did."""
    row = await tx.maybe(_CARRIED_BY, journal=journal_id)
    return None if row is None else row["id"]


async def contributed(
    tx: Transaction, partnership_id: UUID, pool_id: UUID, financial_year: str
) -> list[Contributed]:
    """What each partner promised the pool for the year, in money, from each source, as it stands last."""
    rows = await tx.all(_CONTRIBUTED, place=partnership_id, year=financial_year, pool=pool_id)
    return [
        Contributed(row["owner_organisation_id"], row["funding_source"], money_of(row, "amount"))
        for row in rows
    ]


async def get(tx: Transaction, year_end_id: UUID) -> YearEnd:
    return _year_end(await tx.one(_GET, id=year_end_id, **scope(tx)))


async def lock(tx: Transaction, year_end_id: UUID) -> YearEnd | None:
    """Lock it to be posted; None for whoever may see it and does not keep the pool's books."""
    await get(tx, year_end_id)
    row = await tx.maybe(_LOCK, id=year_end_id, **scope(tx))
    return None if row is None else _year_end(row)


async def add(tx: Transaction, year_end: YearEnd) -> None:
    plain = {name: getattr(year_end, name) for name in _NAMES}
    await tx.do(_ADD, **{**plain, "state": year_end.state.value, "shares": list(year_end.shares)})


async def save(tx: Transaction, year_end: YearEnd) -> None:
    plain = {name: getattr(year_end, name) for name in _MOVING}
    values = {**plain, "state": year_end.state.value, "shares": list(year_end.shares)}
    await tx.do(_SAVE, which=year_end.id, **values)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    pool_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[YearEnd]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_year=financial_year,
        of_pool=pool_id,
        **scope(tx),
    )
    return [_year_end(row) for row in rows]


def _year_end(row: Mapping[str, Any]) -> YearEnd:
    shares = msgspec.convert(row["shares"], tuple[Share, ...])
    return YearEnd(**{**row, "state": YearEndState(row["state"]), "shares": shares})
