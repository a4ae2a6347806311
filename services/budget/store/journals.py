"""Journals, their entries and the balances kept with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.budget.rules.journal import Book, Entry, Journal, JournalKind
from services.budget.rules.ledger_account import AccountKind, PostingAccount
from services.budget.store.tables import accounts, agreements, entries, journals, lines, pools
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare

_ACCOUNT = (
    accounts.c.id,
    accounts.c.partnership_id,
    accounts.c.owner_organisation_id,
    accounts.c.name,
    accounts.c.kind,
    accounts.c.arrangement,
    accounts.c.pool_id,
    accounts.c.line_id,
    accounts.c.organisation_id,
    accounts.c.version,
)
# Locked in id order: two journals that cross the same accounts then wait for each other, never deadlock.
_LOCK = prepare(
    select(*_ACCOUNT, lines.c.financial_year.label("line_financial_year"), agreements.c.commenced_on)
    .select_from(
        accounts.outerjoin(lines, lines.c.id == accounts.c.line_id)
        .outerjoin(pools, pools.c.id == accounts.c.pool_id)
        .outerjoin(agreements, agreements.c.id == pools.c.agreement_id)
    )
    .where(
        accounts.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        # A pool is its agreement's parties': another commissioner of the partnership sees it and posts nothing.
        or_(accounts.c.pool_id.is_(None), bindparam("poster", type_=Uuid) == any_(agreements.c.party_ids)),
    )
    .order_by(accounts.c.id)
    .with_for_update(key_share=True, of=accounts)
)


def _with_entries() -> Select[Any]:
    pair = func.json_build_array(entries.c.account_id, entries.c.amount_pence)
    folded = (
        select(func.jsonb_agg(aggregate_order_by(pair, entries.c.position)))
        .where(entries.c.journal_id == journals.c.id)
        .scalar_subquery()
        .label("entries")
    )
    return select(journals, folded).where(to_money(journals))


_GET = prepare(_with_entries().where(journals.c.id == bindparam("id", type_=Uuid)))
_FIRST_PAGE = prepare(
    _with_entries()
    .where(journals.c.partnership_id == bindparam("partnership", type_=Uuid))
    .order_by(journals.c.recorded_at, journals.c.id)
    .limit(bindparam("most"))
)
_NEXT_PAGE = prepare(
    _with_entries()
    .where(
        journals.c.partnership_id == bindparam("partnership", type_=Uuid),
        tuple_(journals.c.recorded_at, journals.c.id)
        > tuple_(bindparam("after", type_=journals.c.recorded_at.type), bindparam("after_id", type_=Uuid)),
    )
    .order_by(journals.c.recorded_at, journals.c.id)
    .limit(bindparam("most"))
)

# One round trip: the journal, its entries, and the balances that they move. The clock is read here, under
# the locks of the accounts, so that an instant once settled never gains a journal (ARCHITECTURE, As recorded).
_ADD = Prepared(
    """
with stamped as materialized (select clock_timestamp() as at),
journal as (
    insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement, book,
        kind, effective_date, financial_year, posting_period, narrative, client_reference, reverses_journal_id,
        recorded_at)
    select $1, $2, $3, $4, $5::arrangement, $6::book, $7::journal_kind, $8, $9, $10, $11, $12, $13, at from stamped
    returning recorded_at),
sides as (
    select * from unnest($14::uuid[], $15::bigint[]) with ordinality as side (account_id, amount_pence, position)),
added as (
    insert into entries (journal_id, position, account_id, partnership_id, owner_organisation_id, arrangement, book,
        amount_pence, effective_date, posting_period, recorded_at)
    select $1, position, account_id, $2, $3, $5::arrangement, $6::book, amount_pence, $8, $10, at
      from sides, stamped),
moved as (
    insert into balances (account_id, book, effective_month, posting_period, recorded_month, partnership_id,
        owner_organisation_id, arrangement, amount_pence, entries, day_pence)
    select account_id, $6::book, date_trunc('month', $8::date)::date, $10,
           date_trunc('month', at at time zone 'UTC')::date, $2, $3, $5::arrangement, sum(amount_pence), count(*),
           array_fill(null::bigint, array[extract(day from $8::date)::integer - 1]) || sum(amount_pence)::bigint
      from sides, stamped group by account_id, at order by account_id
    on conflict (account_id, book, effective_month, posting_period, recorded_month) do update
       set amount_pence = balances.amount_pence + excluded.amount_pence,
           entries = balances.entries + excluded.entries,
           day_pence[extract(day from $8::date)::integer] = coalesce(
               balances.day_pence[extract(day from $8::date)::integer], 0) + excluded.amount_pence)
select recorded_at from journal
""",
    (
        "id",
        "partnership_id",
        "owner_organisation_id",
        "posted_by_organisation_id",
        "arrangement",
        "book",
        "kind",
        "effective_date",
        "financial_year",
        "posting_period",
        "narrative",
        "client_reference",
        "reverses_journal_id",
        "account_ids",
        "amounts_pence",
    ),
    {},
)


async def lock_accounts(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, PostingAccount]:
    """Lock those of these accounts that the caller may post to, in id order."""
    rows = await tx.all(_LOCK, ids=list(set(ids)), poster=tx.caller.organisation_id)
    return {row["id"]: PostingAccount(**{**row, "kind": AccountKind(row["kind"])}) for row in rows}


async def add(tx: Transaction, journal: Journal) -> datetime:
    """Add a journal and move its balances. Returns the instant at which it was recorded."""
    row = await tx.one(
        _ADD,
        id=journal.id,
        partnership_id=journal.partnership_id,
        owner_organisation_id=journal.owner_organisation_id,
        posted_by_organisation_id=journal.posted_by_organisation_id,
        arrangement=journal.arrangement,
        book=journal.book.value,
        kind=journal.kind.value,
        effective_date=journal.effective_date,
        financial_year=journal.financial_year,
        posting_period=journal.posting_period,
        narrative=journal.narrative,
        client_reference=journal.client_reference,
        reverses_journal_id=journal.reverses_journal_id,
        account_ids=[entry.account_id for entry in journal.entries],
        amounts_pence=[entry.amount_pence for entry in journal.entries],
    )
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def get(tx: Transaction, journal_id: UUID) -> Journal:
    return _journal(await tx.one(_GET, id=journal_id, **scope(tx)))


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: tuple[datetime, UUID] | None
) -> list[Journal]:
    """At most `limit + 1` journals of a partnership in the order in which they were recorded."""
    values = {"partnership": partnership_id, "most": limit + 1, **scope(tx)}
    if after is None:
        rows = await tx.all(_FIRST_PAGE, **values)
    else:
        rows = await tx.all(_NEXT_PAGE, after=after[0], after_id=after[1], **values)
    return [_journal(row) for row in rows]


def _journal(row: Mapping[str, Any]) -> Journal:
    return Journal(
        **{
            **row,
            "book": Book(row["book"]),
            "kind": JournalKind(row["kind"]),
            "entries": tuple(Entry(UUID(account), amount) for account, amount in row["entries"]),
        }
    )
