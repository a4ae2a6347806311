"""Forms: what an obligation asks for, each figure with its indicator and the last accepted value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Uuid, bindparam, column, func, select, true

from services.outcomes.rules.completeness import FormField, form_field
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.submission import AskedValue
from services.outcomes.store.indicators import read_indicator
from services.outcomes.store.return_tables import obligation_indicators, return_values, returns
from services.outcomes.store.returns import visible
from services.outcomes.store.scopes import owed, scope
from services.outcomes.store.tables import indicators
from shared.db import Transaction, prepare

_OI = obligation_indicators
# Obligations, each with the first day of a period: what is previous to it ended before.
_ASKED = (
    func.unnest(
        bindparam("obligations", type_=ARRAY(Uuid)), bindparam("first_days", type_=ARRAY(Date)), type_=Uuid
    )
    .table_valued(column("obligation_id", Uuid), column("first_day", Date))
    .render_derived("asked")
)
_PREVIOUS = (
    select(return_values.c.value.label("previous"), returns.c.period.label("previous_period"))
    .join_from(
        returns,
        return_values,
        (return_values.c.return_id == returns.c.id)
        & (return_values.c.revision == returns.c.accepted_revision),
    )
    .where(
        visible(),
        returns.c.obligation_id == _OI.c.obligation_id,
        return_values.c.indicator_id == _OI.c.indicator_id,
        return_values.c.value.is_not(None),
        returns.c.last_day < _ASKED.c.first_day,
    )
    .order_by(returns.c.last_day.desc())
    .limit(1)
    .lateral("earlier")
)
_FORMS = prepare(
    select(
        _OI.c.obligation_id,
        _ASKED.c.first_day,
        _OI.c.compulsory,
        _PREVIOUS.c.previous,
        _PREVIOUS.c.previous_period,
        *indicators.c,
    )
    .join_from(_ASKED, _OI, _OI.c.obligation_id == _ASKED.c.obligation_id)
    .join(indicators, indicators.c.id == _OI.c.indicator_id)
    .outerjoin(_PREVIOUS, true())
    .where(owed(_OI))
    .order_by(_OI.c.obligation_id, _ASKED.c.first_day, _OI.c.position)
)


@dataclass(frozen=True, slots=True)
class _Asked:
    obligation_id: UUID
    first_day: date
    compulsory: bool
    previous: Any
    previous_period: str | None
    indicator: Indicator


async def asked(tx: Transaction, obligation_id: UUID, first_day: date) -> dict[UUID, AskedValue]:
    """What a return has to answer, by indicator; the previous value is of a period that ended before the day."""
    found = await _forms(tx, [(obligation_id, first_day)])
    return {each.indicator.id: AskedValue(each.indicator, each.compulsory, each.previous) for each in found}


async def of_periods(
    tx: Transaction, due: Collection[tuple[UUID, date]]
) -> dict[tuple[UUID, date], tuple[FormField, ...]]:
    """The forms of obligations for periods that begin on a day, each figure with the last accepted value before it."""
    forms: dict[tuple[UUID, date], list[FormField]] = {each: [] for each in due}
    for found in await _forms(tx, list(forms)):
        field = form_field(found.indicator, found.compulsory, found.previous, found.previous_period)
        forms[found.obligation_id, found.first_day].append(field)
    return {each: tuple(fields) for each, fields in forms.items()}


async def _forms(tx: Transaction, due: list[tuple[UUID, date]]) -> list[_Asked]:
    pairs = {"obligations": [each for each, _ in due], "first_days": [day for _, day in due]}
    return [_asked(row) for row in await tx.all(_FORMS, **pairs, **scope(tx))]


def _asked(row: Mapping[str, Any]) -> _Asked:
    made = dict(row)
    own = ("obligation_id", "first_day", "compulsory", "previous", "previous_period")
    first = {name: made.pop(name) for name in own}
    return _Asked(**first, indicator=read_indicator({**made, "frameworks": None}))
