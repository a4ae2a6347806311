"""Management actions: read by the contract's commissioners, and once shared by the provider; changed by the lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, ColumnElement, Uuid, bindparam, exists, func, insert, select, update

from services.contracts.rules.management_action import ManagementAction
from services.contracts.rules.provider_view import QualityFlag
from services.contracts.store.payment_tables import MANAGEMENT_KIND, MANAGEMENT_STATE, management_actions
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, ours, scope
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within


def _owned() -> ColumnElement[bool]:
    return ours(management_actions)


def _seen() -> ColumnElement[bool]:
    whole = exists().where(contracts.c.id == management_actions.c.contract_id, commissioning())
    return whole | (management_actions.c.shared & ours(management_actions, "provider_organisation_id"))


_CLOCKED = ("recorded_at", "changed_at")
_CHANGING = ("steps", "shared", "state", "answered_on", "answer", "closed_on", "outcome", "version")
_WRITTEN = [each.name for each in management_actions.c if each.name not in _CLOCKED]
_VALUES = {name: bindparam(name, type_=management_actions.c[name].type) for name in _WRITTEN}
_ADD = prepare(insert(management_actions).values(_VALUES))
_SAVE = prepare(
    update(management_actions)
    .where(management_actions.c.id == bindparam("which", type_=Uuid), _owned())
    .values({**{name: _VALUES[name] for name in _CHANGING}, "changed_at": func.clock_timestamp()})
)
_ID = management_actions.c.id == bindparam("id", type_=Uuid)
_GET = prepare(select(management_actions).where(_ID, _seen()))
_LOCK = prepare(select(management_actions).where(_ID, _owned()).with_for_update())
_FILTERS: Mapping[str, Any] = {
    "contract_id": lambda: management_actions.c.contract_id == bindparam("contract_id", type_=Uuid),
    "partnership_id": lambda: management_actions.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "provider_id": lambda: (
        management_actions.c.provider_organisation_id == bindparam("provider_id", type_=Uuid)
    ),
    "kind": lambda: management_actions.c.kind == bindparam("kind", type_=MANAGEMENT_KIND),
    "state": lambda: management_actions.c.state == bindparam("state", type_=MANAGEMENT_STATE),
    "safeguarding": lambda: management_actions.c.safeguarding == bindparam("safeguarding", type_=Boolean),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = select(management_actions).where(_seen(), *(_FILTERS[name]() for name in sorted(filters)))
    changed = management_actions.c.changed_at
    return Pages(asked, changed, management_actions.c.id, updated=changed)


async def get(tx: Transaction, action_id: UUID) -> ManagementAction:
    return _of(await tx.one(_GET, id=action_id, **scope(tx)))


async def maybe(tx: Transaction, action_id: UUID | None) -> ManagementAction | None:
    row = None if action_id is None else await tx.maybe(_GET, id=action_id, **scope(tx))
    return None if row is None else _of(row)


async def lock(tx: Transaction, action_id: UUID) -> ManagementAction:
    """An action of the caller's own, locked until the end; to anybody else there is no such action."""
    return _of(await tx.one(_LOCK, id=action_id, **scope(tx)))


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[ManagementAction]:
    """At most `limit + 1` actions in the order in which they last changed."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_of(row) for row in rows]


@cache
def _flags(placed: bool) -> Prepared:
    table = management_actions
    wanted = ("provider_id", "partnership_id") if placed else ("provider_id",)
    return prepare(
        select(table, func.count().over().label("open_flags"))
        .where(_seen(), table.c.closed_on.is_(None), *(_FILTERS[name]() for name in wanted))
        .order_by(table.c.safeguarding.desc(), table.c.served_on.desc(), table.c.id)
        .limit(bindparam("most"))
    )


async def flags(
    tx: Transaction, filters: Mapping[str, Any], most: int
) -> tuple[int, tuple[QualityFlag, ...]]:
    """How many acts and concerns about a provider are not closed, and the first of them: safeguarding, then the latest."""
    rows = await tx.all(_flags("partnership_id" in filters), most=most, **filters, **scope(tx))
    found = tuple(msgspec.convert(dict(row.items()), QualityFlag) for row in rows)
    return (rows[0]["open_flags"] if rows else 0), found


async def add(tx: Transaction, action: ManagementAction) -> ManagementAction:
    await tx.do(_ADD, **_row(action))
    return await get(tx, action.id)


async def save(tx: Transaction, before: ManagementAction, after: ManagementAction) -> ManagementAction:
    """Save a changed action under its next version."""
    row = _row(replace(after, version=before.version + 1))
    values = {name: row[name] for name in _CHANGING}
    await tx.do(_SAVE, which=before.id, organisations=list(tx.caller.organisations), **values)
    return await get(tx, before.id)


def _row(action: ManagementAction) -> dict[str, Any]:
    row = {name: getattr(action, name) for name in _WRITTEN}
    outcome = None if action.outcome is None else action.outcome.value
    return {**row, "kind": action.kind.value, "state": action.state.value, "outcome": outcome}


def _of(row: Mapping[str, Any]) -> ManagementAction:
    return msgspec.convert(dict(row.items()), ManagementAction)
