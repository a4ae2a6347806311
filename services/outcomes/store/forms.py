"""Forms: what an obligation asks for, each figure with its indicator and the last accepted value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, true

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
_END = date(9999, 1, 1)
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
        returns.c.last_day < bindparam("before", type_=returns.c.last_day.type),
    )
    .order_by(returns.c.last_day.desc())
    .limit(1)
    .lateral("earlier")
)
_FORMS = prepare(
    select(
        _OI.c.obligation_id,
        _OI.c.compulsory,
        _PREVIOUS.c.previous,
        _PREVIOUS.c.previous_period,
        *indicators.c,
    )
    .join_from(_OI, indicators, indicators.c.id == _OI.c.indicator_id)
    .outerjoin(_PREVIOUS, true())
    .where(owed(_OI), _OI.c.obligation_id == any_(bindparam("obligations", type_=ARRAY(Uuid))))
    .order_by(_OI.c.obligation_id, _OI.c.position)
)


@dataclass(frozen=True, slots=True)
class _Asked:
    obligation_id: UUID
    compulsory: bool
    previous: Any
    previous_period: str | None
    indicator: Indicator


async def asked(tx: Transaction, obligation_id: UUID, before: date) -> dict[UUID, AskedValue]:
    """What a return has to answer, by indicator; the previous value is of a period that ended before the day."""
    rows = await tx.all(_FORMS, obligations=[obligation_id], before=before, **scope(tx))
    found = (_asked(row) for row in rows)
    return {each.indicator.id: AskedValue(each.indicator, each.compulsory, each.previous) for each in found}


async def of_obligations(tx: Transaction, ids: list[UUID]) -> dict[UUID, tuple[FormField, ...]]:
    """The forms of obligations, each in its order, with the last accepted value of every figure."""
    rows = await tx.all(_FORMS, obligations=ids, before=_END, **scope(tx))
    forms: dict[UUID, list[FormField]] = {each: [] for each in ids}
    for found in (_asked(row) for row in rows):
        field = form_field(found.indicator, found.compulsory, found.previous, found.previous_period)
        forms[found.obligation_id].append(field)
    return {each: tuple(fields) for each, fields in forms.items()}


def _asked(row: Mapping[str, Any]) -> _Asked:
    made = dict(row)
    first = {name: made.pop(name) for name in ("obligation_id", "compulsory", "previous", "previous_period")}
    return _Asked(**first, indicator=read_indicator({**made, "frameworks": None}))
