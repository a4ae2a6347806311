"""What grants demanded of lines and was met."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.line import Line
from services.budget.rules.ring_fence import MetDemand
from services.budget.store.line_tables import met_demands
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare

_OF_LINE = met_demands.c.line_id == bindparam("line", type_=Uuid)
_READ = prepare(
    select(met_demands.c.code, met_demands.c.met_on, met_demands.c.evidence)
    .where(to_money(met_demands, aligned_open=True), _OF_LINE)
    .order_by(met_demands.c.code)
)
_NAMES = tuple(column.name for column in met_demands.c if column.name != "recorded_at")
_ADD = prepare(
    insert(met_demands).values({name: bindparam(name, type_=met_demands.c[name].type) for name in _NAMES})
)


async def of_line(tx: Transaction, line_id: UUID) -> list[MetDemand]:
    return [MetDemand(**row) for row in await tx.all(_READ, line=line_id, **scope(tx))]


async def add(tx: Transaction, line: Line, met: MetDemand) -> None:
    await tx.do(
        _ADD,
        code=met.code,
        met_on=met.met_on,
        evidence=met.evidence,
        line_id=line.id,
        partnership_id=line.partnership_id,
        owner_organisation_id=line.owner_organisation_id,
        arrangement=line.arrangement.value,
        financial_year=line.financial_year,
    )
