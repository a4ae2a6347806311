"""Successions on record, and what of a predecessor they find in a partnership."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, insert, literal_column, select

from services.budget.rules.succession import Move, Succession, SuccessionKind
from services.budget.rules.succession_report import Remark
from services.budget.store.succession_tables import succession_items, successions
from services.budget.store.visibility import scope, to_money, to_partners
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within


@dataclass(frozen=True, slots=True)
class Taken:
    """One row of a succession in one partnership."""

    id: UUID
    partnership_id: UUID
    predecessor_organisation_id: UUID
    owner_organisation_id: UUID
    effective_on: date
    kind: SuccessionKind
    share: Decimal
    instrument: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """What one thing of a predecessor became."""

    succession_id: UUID
    predecessor_organisation_id: UUID
    owner_organisation_id: UUID
    arrangement: str
    thing: str
    from_id: UUID
    to_id: UUID
    share: Decimal
    amount_pence: int | None


_ADD = prepare(
    insert(successions).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in successions.c
            if each.name != "recorded_at"
        }
    )
)
_ADD_ITEM = prepare(
    insert(succession_items).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in succession_items.c
            if each.name != "recorded_at"
        }
    )
)
_PAGES = Pages(
    select(successions).where(
        to_partners(successions),
        successions.c.partnership_id == bindparam("partnership", type_=Uuid),
    ),
    successions.c.predecessor_organisation_id,
    successions.c.owner_organisation_id,
    successions.c.recorded_at,
)
_ITEM_NAMES = tuple(
    each.name for each in succession_items.c if each.name not in {"partnership_id", "recorded_at"}
)
_ITEMS = Pages(
    select(*(succession_items.c[name] for name in _ITEM_NAMES)).where(
        to_money(succession_items, year=literal_column("'*'", Text)),
        succession_items.c.partnership_id == bindparam("partnership", type_=Uuid),
    ),
    succession_items.c.from_id,
    succession_items.c.to_id,
    succession_items.c.recorded_at,
)
_PLACES = Prepared(
    """
select distinct place from (
    select partnership_id as place from lines where owner_organisation_id = $1
    union all select partnership_id from accounts where owner_organisation_id = $1 or organisation_id = $1
    union all select partnership_id from contributions where owner_organisation_id = $1
    union all select partnership_id from agreements where $1 = any (party_ids)) found
 where place = any ($2::uuid[]) order by place
""",
    ("predecessor", "partnerships"),
    {},
)
_BEFORE = Prepared(
    "select exists (select from successions where partnership_id = any ($1::uuid[])"
    " and predecessor_organisation_id = any ($2::uuid[])) as any",
    ("places", "predecessors"),
    {},
)
_OF = Prepared(
    "select owner_organisation_id as successor_id, share from successions"
    " where partnership_id = $1 and predecessor_organisation_id = $2 and effective_on <= $3"
    " order by share desc, owner_organisation_id",
    ("place", "predecessor", "until"),
    {},
)
_SINCE = Prepared(
    "select predecessor_organisation_id, owner_organisation_id, share, effective_on from successions"
    " where partnership_id = $1 and recorded_at <= coalesce($2::timestamptz, 'infinity')"
    " order by effective_on, predecessor_organisation_id, owner_organisation_id",
    ("place", "recorded"),
    {},
)
_OPEN = Prepared(
    """
select 'virement' as thing, v.id from virements v
 where v.partnership_id = $1 and v.state = 'proposed' and exists (
       select from lines l where l.id in (v.from_line_id, v.to_line_id) and l.owner_organisation_id = $2)
union all
select 'settlement', s.id from settlements s
 where s.partnership_id = $1 and s.state in ('proposed', 'approved', 'part_posted') and $2 = any (s.party_ids)
union all
select 'risk_share', r.id from risk_shares r
 where r.partnership_id = $1 and position($2::text in r.scheme::text) > 0 and not exists (
       select from risk_shares later where later.pool_id = r.pool_id and later.edition > r.edition)
union all
select 'delegation_limit', d.id from delegation_limits d
 where d.partnership_id = $1 and d.owner_organisation_id = $2 and coalesce(d.in_force_to >= $3, true)
 order by 1, 2
""",
    ("place", "predecessor", "day"),
    {},
)


async def add(tx: Transaction, succession: Succession, partnership_id: UUID, moves: Sequence[Move]) -> None:
    """Put on record that these moves count in a partnership."""
    for each in moves:
        await tx.do(
            _ADD,
            id=succession.id,
            partnership_id=partnership_id,
            predecessor_organisation_id=each.predecessor_id,
            owner_organisation_id=each.successor_id,
            effective_on=succession.effective_on,
            kind=succession.kind.value,
            share=each.share,
            instrument=succession.instrument,
        )


async def add_item(
    tx: Transaction,
    succession: Succession,
    partnership_id: UUID,
    move: Move,
    thing: str,
    arrangement: str,
    from_id: UUID,
    to_id: UUID,
    amount_pence: int | None = None,
) -> None:
    """Put on record what one thing of a predecessor became."""
    await tx.do(
        _ADD_ITEM,
        succession_id=succession.id,
        partnership_id=partnership_id,
        predecessor_organisation_id=move.predecessor_id,
        owner_organisation_id=move.successor_id,
        arrangement=arrangement,
        thing=thing,
        from_id=from_id,
        to_id=to_id,
        share=move.share,
        amount_pence=amount_pence,
    )


async def succeeded_before(
    tx: Transaction, partnerships: Sequence[UUID], predecessors: Sequence[UUID]
) -> bool:
    """Whether one of these organisations was succeeded before, in one of these partnerships."""
    row = await tx.one(_BEFORE, places=list(partnerships), predecessors=list(predecessors))
    return bool(row["any"])


async def places_of(tx: Transaction, predecessor_id: UUID, partnerships: Sequence[UUID]) -> list[UUID]:
    """Those of these partnerships in which an organisation has anything."""
    rows = await tx.all(_PLACES, predecessor=predecessor_id, partnerships=list(partnerships))
    return [row["place"] for row in rows]


async def open_matters(
    tx: Transaction, partnership_id: UUID, predecessor_id: UUID, day: date, details: Mapping[str, str]
) -> list[Remark]:
    """What of a predecessor a person should look at afterwards."""
    rows = await tx.all(_OPEN, place=partnership_id, predecessor=predecessor_id, day=day)
    return [Remark(row["thing"], row["id"], details[row["thing"]]) for row in rows]


async def heirs_of(tx: Transaction, partnership_id: UUID, predecessor_id: UUID, until: date) -> list[Move]:
    """Who has succeeded an organisation in a partnership by a day, the largest share first."""
    rows = await tx.all(_OF, place=partnership_id, predecessor=predecessor_id, until=until)
    return [Move(predecessor_id, row["successor_id"], row["share"]) for row in rows]


async def every(
    tx: Transaction, partnership_id: UUID, as_recorded: datetime | None
) -> list[tuple[Move, date]]:
    """All successions in a partnership that were on record by an instant, each with its day."""
    return [
        (
            Move(row["predecessor_organisation_id"], row["owner_organisation_id"], row["share"]),
            row["effective_on"],
        )
        for row in await tx.all(_SINCE, place=partnership_id, recorded=as_recorded)
    ]


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[Taken]:
    """The successions of a partnership."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [Taken(**{**row, "kind": SuccessionKind(row["kind"])}) for row in rows]


async def items(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[Item]:
    """What the things of predecessors became, as far as the caller may see them."""
    rows = await _ITEMS.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [Item(**row) for row in rows]
