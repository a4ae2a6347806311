"""Year-end packs: what one is made from, and its bytes as they were frozen."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, func, insert, select

from services.budget.rules.ledger_account import AccountKind
from services.budget.rules.memorandum import AccountMovement
from services.budget.rules.year_end_pack import KeptPack, YearEndPack
from services.budget.store.report_tables import year_end_packs
from services.budget.store.visibility import scope, to_partners_by_year
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_T = year_end_packs.c
_LISTED = ("id", "partnership_id", "owner_organisation_id", "pool_id", "financial_year", "sha256")
_NAMES = (*_LISTED, "document")
_VISIBLE = select(
    *(_T[name] for name in _LISTED), func.octet_length(_T.document).label("document_bytes")
).where(to_partners_by_year(year_end_packs))
_GET = prepare(
    select(_T.document, _T.sha256).where(
        to_partners_by_year(year_end_packs), _T.id == bindparam("id", type_=Uuid)
    )
)
_YEAR = bindparam("of_year", type_=_T.financial_year.type)
_POOL = bindparam("of_pool", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        _T.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (_T.financial_year == _YEAR),
        _POOL.is_(None) | (_T.pool_id == _POOL),
    ),
    _T.financial_year,
    _T.id,
    _T.recorded_at,
)
_ADD = prepare(insert(year_end_packs).values({name: bindparam(name, type_=_T[name].type) for name in _NAMES}))
# By the period that it was posted to, as the closed books have it.
_MOVEMENTS = Prepared(
    """
select a.id as account_id, a.kind::text, a.line_id, l.name as line_name,
       l.owner_organisation_id as line_owner_id, a.organisation_id,
       coalesce(sum(b.amount_pence) filter (where b.posting_period < $2), 0)::numeric as opening_pence,
       coalesce(sum(b.amount_pence) filter (where b.posting_period >= $2), 0)::numeric as movement_pence
  from accounts a
  join balances b on b.account_id = a.id
  left join lines l on l.id = a.line_id
 where a.pool_id = $1::uuid and a.arrangement = 'pooled' and b.book = 'actual' and b.posting_period <= $3::text
 group by a.id, l.name, l.owner_organisation_id
 order by a.id
""",
    ("pool", "first", "last"),
    {},
)


async def movements(tx: Transaction, pool_id: UUID, financial_year: str) -> list[AccountMovement]:
    """What the pool's accounts held before the year and moved in it, in pence."""
    slug = read_financial_year(financial_year).slug
    rows = await tx.all(_MOVEMENTS, pool=pool_id, first=f"{slug}-M01", last=f"{slug}-M14")
    return [
        AccountMovement(
            **{
                **row,
                "kind": AccountKind(row["kind"]),
                "opening_pence": int(row["opening_pence"]),
                "movement_pence": int(row["movement_pence"]),
            }
        )
        for row in rows
    ]


async def freeze(tx: Transaction, pack: YearEndPack) -> KeptPack:
    """Keep the pack's bytes with their digest."""
    document = msgspec.json.encode(pack)
    kept = KeptPack(
        pack.id,
        pack.partnership_id,
        pack.owner_organisation_id,
        pack.pool_id,
        pack.financial_year,
        len(document),
        sha256(document).hexdigest(),
    )
    await tx.do(_ADD, document=document, **{name: getattr(kept, name) for name in _LISTED})
    return kept


async def document(tx: Transaction, pack_id: UUID) -> tuple[bytes, str]:
    """The bytes as they were frozen, and their digest."""
    row = await tx.one(_GET, id=pack_id, **scope(tx))
    return bytes(row["document"]), row["sha256"]


def read(frozen: bytes) -> YearEndPack:
    return msgspec.json.decode(frozen, type=YearEndPack)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    pool_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[KeptPack]:
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
    return [_kept(row) for row in rows]


def _kept(row: Mapping[str, Any]) -> KeptPack:
    return KeptPack(**row)
