"""Periods of the books, and the hold that a move of one takes against everybody who posts to the same books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.period import NOT_POOL_MANAGER, Books, Period, PeriodState
from services.budget.store.period_tables import periods
from services.budget.store.visibility import scope, to_books
from shared.audit import Change
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in periods.c if column.name not in {"recorded_at", "updated_at"})
_ID = periods.c.id == bindparam("id", type_=Uuid)
_VISIBLE = select(*(periods.c[name] for name in _NAMES)).where(to_books(periods))
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_YEAR = bindparam("of_year", type_=periods.c.financial_year.type)
_BOOKS = bindparam("of_books", type_=periods.c.books.type)
_STATE = bindparam("of_state", type_=periods.c.state.type)
_PAGES = Pages(
    _VISIBLE.where(
        periods.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (periods.c.financial_year == _YEAR),
        _BOOKS.is_(None) | (periods.c.books == _BOOKS),
        _STATE.is_(None) | (periods.c.state == _STATE),
    ),
    periods.c.period,
    periods.c.id,
    periods.c.updated_at,
)
_ADD = prepare(insert(periods).values({name: bindparam(name, type_=periods.c[name].type) for name in _NAMES}))
_MOVING = ("state", "moved_by_client_id", "reopened_because", "version")
_SAVE = prepare(
    update(periods)
    .where(periods.c.id == bindparam("which", type_=Uuid))
    .values({name: bindparam(name, type_=periods.c[name].type) for name in _MOVING})
)
# The other side of hold_books, by which each posting holds its books until it has ended.
_HOLD = Prepared(
    "select pg_advisory_xact_lock(2005, books_key($1, $2, $3))", ("place", "owner", "of_books"), {}
)


_READERS = Prepared(
    "select coalesce(array_agg(distinct party), '{}') as parties from agreements a, unnest(a.party_ids) party"
    " where a.partnership_id = $1"
    " and exists (select from pools p where p.agreement_id = a.id and p.owner_organisation_id = $2)",
    ("place", "owner"),
    {},
)


async def get(tx: Transaction, period_id: UUID) -> Period:
    return _period(await tx.one(_GET, id=period_id, **scope(tx)))


async def lock(tx: Transaction, period_id: UUID) -> Period:
    """Lock it for a move, and hold its books: postings that are open end first, and none begins until this has ended.

    Whoever sees it and does not keep its books is told so; a stranger finds nothing.
    """
    known = await get(tx, period_id)
    await tx.one(
        _HOLD, place=known.partnership_id, owner=known.owner_organisation_id, of_books=known.books.value
    )
    row = await tx.maybe(_LOCK, id=period_id, **scope(tx))
    if row is None:
        raise NOT_POOL_MANAGER()
    return _period(row)


async def add(tx: Transaction, period: Period) -> None:
    plain = {name: getattr(period, name) for name in _NAMES}
    await tx.do(_ADD, **{**plain, "books": period.books.value, "state": period.state.value})


async def save(tx: Transaction, period: Period) -> None:
    plain = {name: getattr(period, name) for name in _MOVING}
    await tx.do(_SAVE, which=period.id, **{**plain, "state": period.state.value})


async def told(tx: Transaction, what: str, period: Period, **facts: Any) -> Change:
    """What a move of a period tells: of pooled books to the parties of the host's pools, of aligned ones to nobody."""
    pooled = period.books is Books.POOLED
    place, owner = period.partnership_id, period.owner_organisation_id
    readers = (await tx.one(_READERS, place=place, owner=owner))["parties"] if pooled else ()
    return Change(
        what=what,
        thing="period",
        thing_id=period.id,
        owner_organisation_id=owner,
        partnership_id=place,
        readers=tuple(readers),
        facts={"period": period.period, "books": period.books.value, **facts},
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    books: Books | None,
    state: PeriodState | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Period]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_year=financial_year,
        of_books=books and books.value,
        of_state=state and state.value,
        **scope(tx),
    )
    return [_period(row) for row in rows]


def _period(row: Mapping[str, Any]) -> Period:
    return Period(**{**row, "books": Books(row["books"]), "state": PeriodState(row["state"])})
