"""Budget lines of a year, each with its legal reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, insert, select, update

from services.budget.rules.category import Category
from services.budget.rules.line import OWNERS_ONLY, Arrangement, LegalBasis, Legality, Line
from services.budget.rules.line_nature import Nature
from services.budget.store.tables import lines
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.money import Money, Qualifier, Status

_NAMES = tuple(
    column.name for column in lines.c if column.name not in {"recorded_at", "updated_at", "ended_recorded_at"}
)
_VISIBLE = select(*(lines.c[name] for name in _NAMES)).where(to_money(lines, aligned_open=True))
_GET = prepare(_VISIBLE.where(lines.c.id == bindparam("id", type_=Uuid)))
_YEAR = bindparam("of_year", type_=lines.c.financial_year.type)
_POOL = bindparam("of_pool", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        lines.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (lines.c.financial_year == _YEAR),
        _POOL.is_(None) | (lines.c.pool_id == _POOL),
    ),
    lines.c.name,
    lines.c.id,
    lines.c.updated_at,
)
_ADDED = tuple(name for name in _NAMES if name not in {"ended_on", "ended_by_move_id"})
_ADD = prepare(
    insert(lines).values(
        {name: bindparam(name, type_=lines.c[name].type) for name in _ADDED}
        | {
            "recorded_at": func.coalesce(
                bindparam("recorded_at", type_=lines.c.recorded_at.type), func.clock_timestamp()
            )
        }
    )
)
_LOCK = prepare(_VISIBLE.where(lines.c.id == bindparam("id", type_=Uuid)).with_for_update(of=lines))
_ID = lines.c.id == bindparam("which", type_=Uuid)
_TURN = prepare(update(lines).where(_ID).values(version=bindparam("version")))
_WAIT = prepare(
    update(lines)
    .where(_ID)
    .values(version=bindparam("version"), waits_for=bindparam("waits_for", type_=ARRAY(Text)))
)
_END = prepare(
    update(lines)
    .where(_ID)
    .values(
        version=bindparam("version"),
        ended_on=bindparam("ended_on", type_=lines.c.ended_on.type),
        ended_recorded_at=bindparam("recorded_at", type_=lines.c.recorded_at.type),
        ended_by_move_id=bindparam("move", type_=Uuid),
    )
)


async def get(tx: Transaction, line_id: UUID) -> Line:
    return _line(await tx.one(_GET, id=line_id, **scope(tx)))


async def maybe(tx: Transaction, line_id: UUID) -> Line | None:
    row = await tx.maybe(_GET, id=line_id, **scope(tx))
    return None if row is None else _line(row)


async def lock(tx: Transaction, line_id: UUID) -> Line:
    """Lock a line of one's own for a change; it is nobody else's to change, though partners may see it."""
    line = _line(await tx.one(_LOCK, id=line_id, **scope(tx)))
    if line.owner_organisation_id != tx.caller.organisation_id:
        raise OWNERS_ONLY(line_id=line_id)
    return line


async def turn(tx: Transaction, line: Line) -> None:
    """Keep the line's new version, where what changed stands elsewhere."""
    await tx.do(_TURN, which=line.id, version=line.version)


async def wait_for(tx: Transaction, line: Line) -> None:
    """Keep what the line's grant still demands."""
    await tx.do(_WAIT, which=line.id, version=line.version, waits_for=list(line.waits_for))


async def end(tx: Transaction, line: Line, recorded_at: datetime) -> None:
    """Keep that another line took this one's place, as recorded at the instant of the move."""
    await tx.do(
        _END,
        which=line.id,
        version=line.version,
        ended_on=line.ended_on,
        recorded_at=recorded_at,
        move=line.ended_by_move_id,
    )


async def add(tx: Transaction, line: Line, recorded_at: datetime | None = None) -> None:
    """Add a line; one that a move makes, as recorded at the instant of the move."""
    await tx.do(
        _ADD,
        recorded_at=recorded_at,
        id=line.id,
        partnership_id=line.partnership_id,
        owner_organisation_id=line.owner_organisation_id,
        pool_id=line.pool_id,
        name=line.name,
        category=line.category.value,
        arrangement=line.arrangement.value,
        financial_year=line.financial_year,
        budget_pence=line.budget.amount_pence,
        budget_status=line.budget.status.value,
        budget_qualifier=line.budget.qualifier,
        version=line.version,
        tags=list(line.tags),
        functions=list(line.functions),
        legal_basis=line.legality.basis.value,
        legality_assessed_on=line.legality.assessed_on,
        legality_note=line.legality.note,
        nature=line.nature,
        waits_for=list(line.waits_for),
        criteria_version=line.criteria_version,
        continues_line_id=line.continues_line_id,
        counts_from=line.counts_from,
        made_by_move_id=line.made_by_move_id,
        succeeds_line_id=line.succeeds_line_id,
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    pool_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Line]:
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
    return [_line(row) for row in rows]


def money_of(row: Mapping[str, Any], prefix: str) -> Money:
    """An amount from its three columns."""
    qualifier = row[f"{prefix}_qualifier"]
    return Money(
        row[f"{prefix}_pence"],
        Status(row[f"{prefix}_status"]),
        None if qualifier is None else Qualifier(qualifier),
    )


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        id=row["id"],
        partnership_id=row["partnership_id"],
        owner_organisation_id=row["owner_organisation_id"],
        pool_id=row["pool_id"],
        name=row["name"],
        category=Category(row["category"]),
        arrangement=Arrangement(row["arrangement"]),
        financial_year=row["financial_year"],
        budget=money_of(row, "budget"),
        legality=Legality(LegalBasis(row["legal_basis"]), row["legality_assessed_on"], row["legality_note"]),
        tags=tuple(row["tags"]),
        functions=tuple(row["functions"]),
        nature=msgspec.convert(row["nature"], Nature),
        waits_for=tuple(row["waits_for"]),
        criteria_version=row["criteria_version"],
        continues_line_id=row["continues_line_id"],
        counts_from=row["counts_from"],
        ended_on=row["ended_on"],
        made_by_move_id=row["made_by_move_id"],
        ended_by_move_id=row["ended_by_move_id"],
        succeeds_line_id=row["succeeds_line_id"],
        version=row["version"],
    )
