"""Journals, their entries and the balances kept with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Date, Select, Text, Uuid, any_, bindparam, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.journal import Book, Journal, JournalKind
from services.budget.rules.ledger_account import AccountKind, PostingAccount
from services.budget.rules.posting_period import Shut
from services.budget.store import entries, journal_filters
from services.budget.store.journal_filters import EVERY, Wanted
from services.budget.store.succession_tables import successions
from services.budget.store.tables import accounts, agreements, journals, lines, pools
from services.budget.store.visibility import scope, to_money
from shared.calendar import ledger_period_of
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

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
_IDS = bindparam("ids", type_=ARRAY(Uuid))
# The books are held before the accounts, so that a posting that waits for a closure keeps no other waiting.
_SHUT = select(
    select(func.hold_books(_IDS, bindparam("earliest"), type_=JSONB).label("shut")).cte("held").c.shut
).scalar_subquery()
_BEHIND = case(
    (accounts.c.arrangement == "pooled", accounts.c.organisation_id), else_=accounts.c.owner_organisation_id
)
# Who was succeeded behind an account or its line, from when and by how many.
_SUCCEEDED = (
    select(
        func.jsonb_build_array(
            successions.c.predecessor_organisation_id, successions.c.effective_on, func.count()
        )
    )
    .where(
        successions.c.partnership_id == accounts.c.partnership_id,
        or_(
            successions.c.predecessor_organisation_id == lines.c.owner_organisation_id,
            successions.c.predecessor_organisation_id == _BEHIND,
        ),
    )
    .group_by(successions.c.predecessor_organisation_id, successions.c.effective_on)
    .order_by(successions.c.effective_on)
    .limit(1)
    .scalar_subquery()
    .label("succeeded")
)
# Locked in id order: two journals that cross the same accounts then wait for each other, never deadlock.
_LOCKED = (
    select(
        *_ACCOUNT,
        lines.c.financial_year.label("line_financial_year"),
        lines.c.ended_on.label("line_ended_on"),
        case((lines.c.made_by_move_id.is_not(None), lines.c.counts_from)).label("line_counts_from"),
        case((lines.c.succeeds_line_id.is_not(None), lines.c.counts_from)).label("line_taken_over_on"),
        func.coalesce(lines.c.waits_for, cast([], ARRAY(Text))).label("line_waits_for"),
        lines.c.nature[("ring_fence", "spend_until")].astext.cast(Date).label("line_spend_until"),
        agreements.c.commenced_on,
        agreements.c.last_day.label("agreement_last_day"),
        agreements.c.closed_on.label("agreement_closed_on"),
        _SUCCEEDED,
        _SHUT.label("shut"),
    )
    .select_from(
        accounts.outerjoin(lines, lines.c.id == accounts.c.line_id)
        .outerjoin(pools, pools.c.id == accounts.c.pool_id)
        .outerjoin(agreements, agreements.c.id == pools.c.agreement_id)
    )
    .where(
        _SHUT.is_not(None),
        accounts.c.id == any_(_IDS),
        # A pool is its agreement's parties': another commissioner of the partnership sees it and posts nothing.
        or_(
            accounts.c.pool_id.is_(None),
            agreements.c.party_ids.op("&&")(bindparam("posters", type_=ARRAY(Uuid))),
        ),
    )
    .order_by(accounts.c.id)
    .with_for_update(key_share=True, of=accounts)
    .subquery("locked")
)
# The clock is read where each row is locked already, so that an instant once settled never gains a journal
# (ARCHITECTURE, As recorded).
_LOCK = prepare(select(_LOCKED, func.clock_timestamp().label("at")))


_UNDOING = journals.alias("undoing")


def _with_entries() -> Select[Any]:
    undone = (
        select(_UNDOING.c.id)
        .where(_UNDOING.c.reverses_journal_id == journals.c.id)
        .scalar_subquery()
        .label("reversed_by_journal_id")
    )
    return select(journals, undone, *entries.folded()).where(to_money(journals))


_GET = prepare(_with_entries().where(journals.c.id == bindparam("id", type_=Uuid)))
_OF_IDS = prepare(_with_entries().where(journals.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
_OF_PLACE = _with_entries().where(journals.c.partnership_id == bindparam("partnership", type_=Uuid))
_ORDER = (journals.c.recorded_at, journals.c.id, journals.c.recorded_at)
_PAGES = Pages(_OF_PLACE, *_ORDER)
_WANTED = Pages(_OF_PLACE.where(*journal_filters.conditions()), *_ORDER)


class Held(NamedTuple):
    """Accounts that are locked, the periods from a day's on that are shut to the caller, and when they were locked.

    Whatever is posted on them is recorded as of that instant; null where there is no such account.
    """

    accounts: Mapping[UUID, PostingAccount]
    shut: Shut
    at: datetime | None


async def lock_accounts(tx: Transaction, ids: Iterable[UUID], effective: date) -> Held:
    """Lock those of these accounts that the caller may post to, in id order, and hold their books.

    A closure of their periods waits until this transaction has ended.
    """
    earliest = ledger_period_of(effective).label
    rows = await tx.all(
        _LOCK,
        ids=list(set(ids)),
        earliest=earliest,
        posters=[tx.caller.organisation_id, *tx.caller.succeeded],
    )
    found = {row["id"]: _account(row) for row in rows}
    return Held(found, rows[0]["shut"] if rows else {}, max((row["at"] for row in rows), default=None))


def _account(row: Mapping[str, Any]) -> PostingAccount:
    values = {name: row[name] for name in row.keys() if name not in {"shut", "succeeded", "at"}}  # noqa: SIM118 a record
    if row["succeeded"] is not None:
        predecessor, since, many = row["succeeded"]
        values |= {
            "predecessor_id": UUID(predecessor),
            "succeeded_on": date.fromisoformat(since),
            "successors": many,
        }
    coded = {"kind": AccountKind(row["kind"]), "line_waits_for": tuple(row["line_waits_for"])}
    return PostingAccount(**{**values, **coded})


async def get(tx: Transaction, journal_id: UUID) -> Journal:
    return _journal(await tx.one(_GET, id=journal_id, **scope(tx)))


async def of_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Journal]:
    """These journals, in the order of their ids here, as far as the caller may see them."""
    found = {row["id"]: row for row in await tx.all(_OF_IDS, ids=list(ids), **scope(tx))}
    return [_journal(found[id_]) for id_ in ids if id_ in found]


async def page(
    tx: Transaction,
    partnership_id: UUID,
    limit: int,
    after: After,
    within: Within = WHENEVER,
    wanted: Wanted = EVERY,
) -> list[Journal]:
    """At most `limit + 1` journals of a partnership in the order in which they were recorded."""
    values = {"partnership": partnership_id, **scope(tx)}
    if wanted == EVERY:
        rows = await _PAGES.read(tx, limit, after, within, **values)
    else:
        rows = await _WANTED.read(tx, limit, after, within, **values, **journal_filters.values(wanted))
    return [_journal(row) for row in rows]


def _journal(row: Mapping[str, Any]) -> Journal:
    values = {name: row[name] for name in row.keys() if name != "said"}  # noqa: SIM118 a record
    return Journal(
        **{
            **values,
            "book": Book(row["book"]),
            "kind": JournalKind(row["kind"]),
            "entries": entries.unfolded(row["entries"], row["said"]),
        }
    )
