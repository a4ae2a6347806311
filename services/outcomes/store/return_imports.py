"""Where rows of an import go: obligations with what is due, their forms, and the returns that there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from services.outcomes.rules.input_window import InputReason, why
from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.obligation import Obligation
from services.outcomes.rules.return_import import Place
from services.outcomes.store import forms, input_windows, obligations, returns
from services.outcomes.store.return_tables import returns as table
from services.outcomes.store.scopes import own, scope
from shared.db import Transaction, prepare

_FOUND = prepare(
    select(table.c.id).where(
        own(table),
        table.c.obligation_id == bindparam("obligation", type_=Uuid),
        table.c.period == bindparam("period", type_=Text),
    )
)


async def places(
    tx: Transaction, asked: Iterable[tuple[UUID, str]], today: date, *, lock: bool
) -> dict[tuple[UUID, str], Place | None]:
    """The place of each obligation and period; None where the caller sees no such obligation.

    Returns that there are are held, in one order, where they will be written.
    """
    known: dict[UUID, Obligation | None] = {}
    made: dict[tuple[UUID, str], Place | None] = {}
    for obligation_id, period in sorted(asked):
        if obligation_id not in known:
            known[obligation_id] = await obligations.maybe(tx, obligation_id)
        obligation = known[obligation_id]
        made[obligation_id, period] = (
            None if obligation is None else await _place(tx, obligation, period, today, lock)
        )
    return made


async def _place(tx: Transaction, obligation: Obligation, period: str, today: date, lock: bool) -> Place:
    due = await obligations.due(tx, obligation.id, period)
    asked = {} if due is None else await forms.asked(tx, obligation.id, due.first_day)
    row = await tx.maybe(_FOUND, obligation=obligation.id, period=period, **scope(tx))
    found: Return | None = None
    if row is not None:
        found = await (returns.lock if lock else returns.get)(tx, row["id"])
    closed = None
    if due is not None and (closing := await input_windows.closes_on(tx, obligation.id, period)) is not None:
        until = await input_windows.open_until(tx, obligation.id, period)
        state = None if found is None else found.state
        shut = why(due, closing, until, state, today) is InputReason.INPUT_CLOSED
        closed = closing if shut else None
    return Place(obligation, due, {each.indicator.code: each for each in asked.values()}, found, closed)
