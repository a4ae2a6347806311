"""What was proposed, approved, forecast and reached for lines, in the order in which it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.budget_revision import Undecided
from services.budget.rules.line import Line
from services.budget.rules.line_budget import PHASES, BudgetKind, LineBudget
from services.budget.store.line_tables import line_budgets
from services.budget.store.lines import money_of
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_OF_LINE = line_budgets.c.line_id == bindparam("line", type_=Uuid)
_VISIBLE = select(line_budgets).where(to_money(line_budgets, aligned_open=True), _OF_LINE)
_RECORDED = bindparam("recorded", type_=line_budgets.c.recorded_at.type)
_HISTORY = prepare(
    _VISIBLE.where(_RECORDED.is_(None) | (line_budgets.c.recorded_at <= _RECORDED)).order_by(
        line_budgets.c.number
    )
)
_PAGES = Pages(_VISIBLE, line_budgets.c.number, line_budgets.c.id, line_budgets.c.recorded_at)
_UNDECIDED = Prepared("select raised, lowered from undecided_revisions($1)", ("line",), {})
_NAMES = tuple(column.name for column in line_budgets.c if column.name != "recorded_at")
_ADD = prepare(
    insert(line_budgets)
    .values({name: bindparam(name, type_=line_budgets.c[name].type) for name in _NAMES})
    .returning(line_budgets.c.recorded_at)
)


async def history(tx: Transaction, line_id: UUID, as_recorded: datetime | None = None) -> list[LineBudget]:
    """All that was recorded for a line, up to an instant where one is named."""
    return [_budget(row) for row in await tx.all(_HISTORY, line=line_id, recorded=as_recorded, **scope(tx))]


async def add(tx: Transaction, line: Line, budget: LineBudget) -> datetime:
    """Add a figure of a line. Returns the instant at which it was recorded."""
    row = await tx.one(
        _ADD,
        id=budget.id,
        number=budget.number,
        kind=budget.kind.value,
        amount_pence=budget.amount.amount_pence,
        amount_status=budget.amount.status.value,
        amount_qualifier=budget.amount.qualifier,
        effective_from=budget.effective_from,
        reason=budget.reason,
        decision_id=budget.decision_id,
        line_id=line.id,
        partnership_id=line.partnership_id,
        owner_organisation_id=line.owner_organisation_id,
        arrangement=line.arrangement.value,
        financial_year=line.financial_year,
    )
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def undecided(tx: Transaction, line_id: UUID) -> Undecided:
    """What was done to the owner's other lines of the same books by revisions that no decision stands behind."""
    row = await tx.one(_UNDECIDED, line=line_id)
    return Undecided(int(row["raised"]), int(row["lowered"]))


async def page(
    tx: Transaction, line_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[LineBudget]:
    return [_budget(row) for row in await _PAGES.read(tx, limit, after, within, line=line_id, **scope(tx))]


def _budget(row: Mapping[str, Any]) -> LineBudget:
    kind = BudgetKind(row["kind"])
    return LineBudget(
        row["id"],
        row["line_id"],
        row["number"],
        kind,
        PHASES[kind],
        money_of(row, "amount"),
        row["effective_from"],
        row["reason"],
        row["decision_id"],
        row["recorded_at"],
    )
