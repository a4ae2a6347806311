"""Where rows of an import go: obligations with what is due, their forms, and the returns that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, column, func, select

from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.input_window import InputReason, why
from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.obligation import DueReturn, Obligation
from services.outcomes.rules.return_import import Place, by_code
from services.outcomes.rules.submission import AskedValue
from services.outcomes.store import indicators, obligations, returns
from services.outcomes.store.input_tables import lock_exceptions
from services.outcomes.store.return_tables import due_returns
from services.outcomes.store.return_tables import returns as table
from services.outcomes.store.scopes import owed, own, scope
from shared.db import Transaction, prepare

MOST_LOOKED_UP = 5_000  # indicators, or forms, that are remembered from one batch to the next

_ASKED = (
    func.unnest(
        bindparam("obligations", type_=ARRAY(Uuid)), bindparam("periods", type_=ARRAY(Text)), type_=Uuid
    )
    .table_valued(column("obligation_id", Uuid), column("period", Text))
    .render_derived("asked")
)


def _asked_of(each: Any) -> Any:
    return (each.c.obligation_id == _ASKED.c.obligation_id) & (each.c.period == _ASKED.c.period)


_D, _E = due_returns, lock_exceptions
_OPEN_UNTIL = (
    select(func.max(_E.c.open_until))
    .where(owed(_E), _E.c.obligation_id == _D.c.obligation_id, _E.c.period == _D.c.period)
    .scalar_subquery()
    .label("open_until")
)
_DUE = prepare(
    select(
        _D.c.obligation_id,
        _D.c.period,
        _D.c.first_day,
        _D.c.last_day,
        _D.c.financial_year,
        _D.c.due_on,
        _D.c.closes_on,
        _OPEN_UNTIL,
    )
    .join_from(_ASKED, _D, _asked_of(_D))
    .where(owed(_D, _D.c.financial_year), obligations.still_due())
)
_FOUND = prepare(select(table.c.id).join_from(_ASKED, table, _asked_of(table)).where(own(table)))
# All imports hold returns in the order in which a file is gone through.
_HOLD = prepare(
    select(table.c.id)
    .where(own(table), table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(table.c.obligation_id, table.c.period.collate("C"))
    .with_for_update()
)


class LookedUp:
    """What one batch looked up and the next may need again: the indicators of forms, and forms by what they ask."""

    def __init__(self) -> None:
        self._indicators: dict[UUID, Indicator] = {}
        self._forms: dict[Any, Mapping[str, AskedValue]] = {}

    async def learn(self, tx: Transaction, asked: Sequence[Obligation]) -> None:
        if len(self._indicators) > MOST_LOOKED_UP or len(self._forms) > MOST_LOOKED_UP:
            self._indicators.clear()
            self._forms.clear()
        new = {each.indicator_id for of in asked for each in of.indicators} - self._indicators.keys()
        if new:
            self._indicators |= await indicators.of_ids(tx, new)

    def form(self, obligation: Obligation) -> Mapping[str, AskedValue]:
        """What an obligation asks for, by code."""
        made = self._forms.get(obligation.indicators)
        if made is None:
            made = by_code(
                AskedValue(indicator, each.compulsory)
                for each in obligation.indicators
                if (indicator := self._indicators.get(each.indicator_id)) is not None
            )
            self._forms[obligation.indicators] = made
        return made


async def places(
    tx: Transaction, asked: Sequence[tuple[UUID, str]], today: date, looked_up: LookedUp, *, lock: bool
) -> dict[tuple[UUID, str], Place | None]:
    """The place of each obligation and period; None where the caller sees no such obligation.

    Returns that there are are held, in one order, where they will be written.
    """
    known = await obligations.of_ids(tx, {obligation_id for obligation_id, _ in asked})
    await looked_up.learn(tx, list(known.values()))
    pairs = {"obligations": [each for each, _ in asked], "periods": [period for _, period in asked]}
    due = {(row["obligation_id"], row["period"]): row for row in await tx.all(_DUE, **pairs, **scope(tx))}
    found = await _found(tx, pairs, lock=lock)
    return {
        where: None
        if where[0] not in known
        else _place(known[where[0]], due.get(where), found.get(where), today, looked_up)
        for where in asked
    }


async def _found(tx: Transaction, pairs: Mapping[str, Any], *, lock: bool) -> dict[tuple[UUID, str], Return]:
    ids = [row["id"] for row in await tx.all(_FOUND, **pairs, **scope(tx))]
    if not ids:
        return {}
    if lock:
        await tx.all(_HOLD, ids=ids, **scope(tx))
    return {(each.obligation_id, each.period): each for each in await returns.of_ids(tx, ids)}


def _place(
    obligation: Obligation,
    row: Mapping[str, Any] | None,
    found: Return | None,
    today: date,
    looked_up: LookedUp,
) -> Place:
    form = looked_up.form(obligation)
    if row is None:
        return Place(obligation, None, form, found)
    due = DueReturn(row["period"], row["first_day"], row["last_day"], row["financial_year"], row["due_on"])
    state = None if found is None else found.state
    closes_on = row["closes_on"]
    shut = closes_on is not None and (
        why(due, closes_on, row["open_until"], state, today) is InputReason.INPUT_CLOSED
    )
    return Place(obligation, due, form, found, closes_on if shut else None)
