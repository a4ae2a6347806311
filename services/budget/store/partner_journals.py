"""Journals for partners' own systems: what the next one takes, and those that were drawn up, byte by byte."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, func, insert, select

from services.budget.rules.ledger_account import AccountKind
from services.budget.rules.partner_journal import KeptJournal, PartnerJournal, TakenItem
from services.budget.store.report_tables import partner_journals
from services.budget.store.visibility import scope, to_owner
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_T = partner_journals.c
_LISTED = ("id", "partnership_id", "owner_organisation_id", "number", "period", "financial_year", "sha256")
_NAMES = (*_LISTED, "taken_until", "document")
_VISIBLE = select(
    *(_T[name] for name in _LISTED), func.octet_length(_T.document).label("document_bytes")
).where(to_owner(partner_journals))
_PLACE = _T.partnership_id == bindparam("partnership", type_=Uuid)
_GET = prepare(
    select(_T.document, _T.sha256).where(to_owner(partner_journals), _T.id == bindparam("id", type_=Uuid))
)
_OWNED_BY = _T.owner_organisation_id == bindparam("owner", type_=Uuid)
_OF_PERIOD = prepare(_VISIBLE.where(_PLACE, _OWNED_BY, _T.period == bindparam("of_period")))
_LAST = prepare(
    select(func.coalesce(func.max(_T.number), 0).label("number")).where(
        to_owner(partner_journals), _PLACE, _OWNED_BY
    )
)
_PAGES = Pages(_VISIBLE.where(_PLACE), _T.number, _T.id, _T.recorded_at)
_ADD = prepare(
    insert(partner_journals).values({name: bindparam(name, type_=_T[name].type) for name in _NAMES})
)
# One journal of a partner is drawn up at a time, so that numbers have no gap and nothing is taken twice.
_HOLD = Prepared(
    "select pg_advisory_xact_lock(hashtextextended('partner_journals/' || $1::text || '/' || $2::text, 0)) is null"
    " as held",
    ("owner", "partnership"),
    {},
)
# What no journal has taken: each took what was recorded up to its instant for periods up to its own.
_TAKEN = Prepared(
    """
select a.line_id, a.pool_id, coalesce(l.name, p.name) as name, a.kind::text,
       sum(e.amount_pence)::numeric as amount_pence, count(*) as entries,
       count(*) filter (where e.posting_period < $3::text) as late
  from entries e
  join accounts a on a.id = e.account_id
  join pools p on p.id = a.pool_id
  left join lines l on l.id = a.line_id
 where e.partnership_id = $1::uuid and e.arrangement = 'pooled' and e.book = 'actual'
   and e.posting_period <= $3 and e.recorded_at <= $4::timestamptz
   and (l.owner_organisation_id = any ($2::uuid[])
        or (a.line_id is null and a.organisation_id = any ($2) and a.kind in ('contribution', 'reserve')))
   and not exists (select from partner_journals j
        where j.partnership_id = $1 and j.owner_organisation_id = any ($2)
          and e.posting_period <= j.period and e.recorded_at <= j.taken_until)
 group by a.line_id, a.pool_id, l.name, p.name, a.kind
 order by name, a.kind::text, a.line_id, a.pool_id
""",
    ("partnership", "owners", "period", "until"),
    {},
)


async def hold(tx: Transaction, partnership_id: UUID) -> None:
    """Wait until no other journal of the caller's organisation is being drawn up."""
    await tx.one(_HOLD, owner=str(tx.caller.organisation_id), partnership=str(partnership_id))


async def of_period(tx: Transaction, partnership_id: UUID, period: str) -> KeptJournal | None:
    """The caller's own journal of a period, where there is one."""
    row = await tx.maybe(
        _OF_PERIOD,
        partnership=partnership_id,
        owner=tx.caller.organisation_id,
        of_period=period,
        **scope(tx),
    )
    return None if row is None else KeptJournal(**row)


async def next_number(tx: Transaction, partnership_id: UUID) -> int:
    row = await tx.one(_LAST, partnership=partnership_id, owner=tx.caller.organisation_id, **scope(tx))
    return int(row["number"]) + 1


async def taken(tx: Transaction, partnership_id: UUID, period: str, until: datetime) -> list[TakenItem]:
    """What the journal of a period takes: of the caller's lines, its payments, and what is held for it."""
    rows = await tx.all(
        _TAKEN,
        partnership=partnership_id,
        owners=list(tx.caller.organisations),
        period=period,
        until=until,
    )
    return [_item(row) for row in rows]


async def keep(tx: Transaction, made: PartnerJournal) -> KeptJournal:
    """Keep the journal's bytes with their digest."""
    document = msgspec.json.encode(made)
    plain = {name: getattr(made, name) for name in _LISTED if name != "sha256"}
    kept = KeptJournal(**plain, document_bytes=len(document), sha256=sha256(document).hexdigest())
    await tx.do(_ADD, **plain, sha256=kept.sha256, taken_until=made.taken_until, document=document)
    return kept


async def document(tx: Transaction, journal_id: UUID) -> tuple[bytes, str]:
    """The bytes as they were drawn up, and their digest."""
    row = await tx.one(_GET, id=journal_id, **scope(tx))
    return bytes(row["document"]), row["sha256"]


def read(kept: bytes) -> PartnerJournal:
    return msgspec.json.decode(kept, type=PartnerJournal)


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[KeptJournal]:
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [KeptJournal(**row) for row in rows]


def _item(row: Mapping[str, Any]) -> TakenItem:
    return TakenItem(**{**row, "kind": AccountKind(row["kind"]), "amount_pence": int(row["amount_pence"])})
