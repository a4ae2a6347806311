"""Budget lines of a year, each with its legal reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement, LegalBasis, Legality, Line
from services.budget.store.tables import lines
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare
from shared.keyset import Pages
from shared.money import Money, Qualifier, Status

_NAMES = tuple(column.name for column in lines.c if column.name != "recorded_at")
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
)
_ADD = prepare(insert(lines).values({name: bindparam(name, type_=lines.c[name].type) for name in _NAMES}))


async def get(tx: Transaction, line_id: UUID) -> Line:
    return _line(await tx.one(_GET, id=line_id, **scope(tx)))


async def add(tx: Transaction, line: Line) -> None:
    await tx.do(
        _ADD,
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
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    pool_id: UUID | None,
    limit: int,
    after: tuple[str, UUID] | None,
) -> list[Line]:
    rows = await _PAGES.read(
        tx, limit, after, partnership=partnership_id, of_year=financial_year, of_pool=pool_id, **scope(tx)
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
        version=row["version"],
    )
