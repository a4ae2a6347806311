"""Validation rules of obligations; the one that was not replaced holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select

from services.outcomes.rules.validation_rule import ValidationRule
from services.outcomes.store.return_life_tables import validation_rules
from services.outcomes.store.rows import adding, if_given, only, read, values_of
from services.outcomes.store.scopes import owed, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_V = validation_rules
_SHOWN = [
    each
    for each in _V.c
    if each.name not in {"contract_id", "provider_organisation_id", "reader_organisation_ids"}
]
_ADD = adding(_V)
_ALL = select(*_SHOWN).where(owed(_V))
_GET = prepare(_ALL.where(_V.c.id == bindparam("id", type_=Uuid)))
_LATER = _V.alias("later")
_HOLDING = prepare(
    _ALL.where(
        _V.c.obligation_id == bindparam("obligation", type_=Uuid),
        ~exists().where(_LATER.c.replaces_id == _V.c.id),
    ).order_by(_V.c.recorded_at, _V.c.id)
)
_PAGES = Pages(
    _ALL.where(if_given(_V.c.partnership_id), if_given(_V.c.obligation_id)),
    _V.c.recorded_at,
    _V.c.id,
    _V.c.recorded_at,
)


async def add(tx: Transaction, rule: ValidationRule, below: Mapping[str, Any]) -> datetime:
    """Add a rule below its obligation. Returns when it was recorded."""
    recorded_at: datetime = (await tx.one(_ADD, **values_of(rule) | dict(below)))["recorded_at"]
    return recorded_at


async def get(tx: Transaction, rule_id: UUID) -> ValidationRule:
    return _rule(await tx.one(_GET, id=rule_id, **scope(tx)))


async def holding(tx: Transaction, obligation_id: UUID) -> list[ValidationRule]:
    """The rules of an obligation that hold, in the order in which they were set."""
    return [_rule(row) for row in await tx.all(_HOLDING, obligation=obligation_id, **scope(tx))]


async def page(
    tx: Transaction, limit: int, after: After, within: Within, **asked: Any
) -> list[ValidationRule]:
    """At most `limit + 1` rules, replaced ones too, in the order in which they were set."""
    rows = await _PAGES.read(tx, limit, after, within, **only(**asked), **scope(tx))
    return [_rule(row) for row in rows]


def _rule(row: Mapping[str, Any]) -> ValidationRule:
    return read(row, ValidationRule)
