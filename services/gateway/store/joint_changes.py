"""Changes that several services make together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, DateTime, Text, Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.gateway.rules.joint_change import (
    CONTRACT_BUSY,
    OVERTAKEN,
    ChangeKind,
    ChangeState,
    JointChange,
    Step,
)
from services.gateway.store.joint_tables import half_done_findings, joint_changes
from shared.audit import Change
from shared.db import Prepared, Transaction, prepare, refuse_constraint
from shared.keyset import After, Pages, Within

_OURS = joint_changes.c.owner_organisation_id == any_(bindparam("organisations", type_=ARRAY(Uuid)))
# When it was found half done as it stands now: what has moved since is found anew.
_FOUND = (
    select(half_done_findings.c.found_at)
    .where(
        half_done_findings.c.joint_change_id == joint_changes.c.id,
        half_done_findings.c.change_version == joint_changes.c.version,
        joint_changes.c.state == ChangeState.UNDER_WAY.value,
    )
    .scalar_subquery()
)
_WHOLE = select(joint_changes, _FOUND.label("left_half_done_at")).where(_OURS)
_ID = joint_changes.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_WHOLE.where(_ID))
_STATE = bindparam("of_state", type_=Text)
_THING = bindparam("of_thing", type_=Uuid)
_HALF_DONE_ONLY = bindparam("of_half_done", type_=Boolean)
_PAGES = Pages(
    _WHOLE.where(
        _STATE.is_(None) | (joint_changes.c.state == _STATE),
        _THING.is_(None)
        | (joint_changes.c.thing_id == _THING)
        | (any_(joint_changes.c.contract_ids) == _THING),
        _HALF_DONE_ONLY.is_(None) | (_FOUND.is_not(None) == _HALF_DONE_ONLY),
    ),
    joint_changes.c.recorded_at,
    joint_changes.c.id,
    joint_changes.c.updated_at,
)
_CLOCKED = ("recorded_at", "updated_at")
_NEW = tuple(column.name for column in joint_changes.c if column.name not in _CLOCKED)
_ADD = prepare(
    insert(joint_changes)
    .values({name: bindparam(name, type_=joint_changes.c[name].type) for name in _NEW})
    .on_conflict_do_nothing()
)
_CHANGING = (
    "partnership_id", "client_id", "person", "asked", "digest", "contract_ids", "attempt", "plan", "seen", "steps", "state",
    "why", "version",
)  # fmt: skip
_SAVE = prepare(
    update(joint_changes)
    .where(_ID, joint_changes.c.version == bindparam("before", type_=joint_changes.c.version.type))
    .values({name: bindparam(f"new_{name}", type_=joint_changes.c[name].type) for name in _CHANGING})
    .returning(joint_changes.c.version)
)
# For the command, on the role that sees every row.
_HALF_DONE = prepare(
    select(joint_changes)
    .where(
        joint_changes.c.state == ChangeState.UNDER_WAY.value,
        joint_changes.c.updated_at < bindparam("before", type_=DateTime(timezone=True)),
    )
    .order_by(joint_changes.c.recorded_at)
)
_CLOCK = Prepared("select clock_timestamp() as now", (), {})
_BUSY = prepare(
    select(joint_changes.c.id).where(
        _OURS,
        joint_changes.c.state == ChangeState.UNDER_WAY.value,
        joint_changes.c.id != bindparam("id", type_=Uuid),
        joint_changes.c.contract_ids.op("&&")(bindparam("contracts", type_=ARRAY(Uuid))),
    )
)
refuse_constraint("joint_change_moves", OVERTAKEN)
refuse_constraint("joint_change_contract_busy", CONTRACT_BUSY)


async def get(tx: Transaction, change_id: UUID) -> JointChange:
    return _change(await tx.one(_GET, id=change_id, **_scope(tx)))


async def find(tx: Transaction, change_id: UUID) -> JointChange | None:
    """The change, if it was ever begun."""
    row = await tx.maybe(_GET, id=change_id, **_scope(tx))
    return None if row is None else _change(row)


async def at_the_same(tx: Transaction, change: JointChange) -> list[UUID]:
    """Other changes under way that touch a contract of this one."""
    rows = await tx.all(_BUSY, id=change.id, contracts=list(change.contract_ids), **_scope(tx))
    return [row["id"] for row in rows]


async def add(tx: Transaction, change: JointChange) -> None:
    """Add a change that is begun. Refuses where somebody else began the same at this moment."""
    if await tx.do(_ADD, **_values(change)) == 0:
        raise OVERTAKEN(retry_after=1)


async def save(tx: Transaction, change: JointChange) -> None:
    """Save the change under its next version. Refuses where somebody else was faster."""
    values = {f"new_{name}": value for name, value in _values(change).items() if name in _CHANGING}
    if await tx.maybe(_SAVE, id=change.id, before=change.version - 1, **values) is None:
        raise OVERTAKEN(retry_after=1)


async def page(
    tx: Transaction,
    sought: Mapping[str, Any],
    limit: int,
    after: After,
    within: Within,
) -> list[JointChange]:
    """At most `limit + 1` changes of the caller's organisation, in the order in which they were begun.

    `sought`: `state`, `thing` (an id) and `half_done`, each None for any.
    """
    asked = {f"of_{name}": sought[name] for name in ("state", "thing", "half_done")}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **_scope(tx))
    return [_change(row) for row in rows]


async def half_done(tx: Transaction, before: datetime) -> list[JointChange]:
    """Every change under way that nobody has moved on since an instant."""
    return [_change(row) for row in await tx.all(_HALF_DONE, before=before)]


async def now(tx: Transaction) -> datetime:
    found: datetime = (await tx.one(_CLOCK))["now"]
    return found


def told(what: str, change: JointChange) -> Change:
    """What a change tells, and to whom: its own organisation."""
    return Change(
        what=what,
        thing="joint_change",
        thing_id=change.id,
        owner_organisation_id=change.owner_organisation_id,
        partnership_id=change.partnership_id,
        readers=(),
        facts={
            "kind": change.kind.value,
            "thing_id": str(change.thing_id),
            "steps": [each.value for each in change.steps],
        },
    )


def _scope(tx: Transaction) -> dict[str, Any]:
    return {"organisations": list(tx.caller.organisations)}


def _values(change: JointChange) -> dict[str, Any]:
    values = {name: getattr(change, name) for name in _NEW}
    return {
        **values,
        "kind": change.kind.value,
        "state": change.state.value,
        "steps": [each.value for each in change.steps],
        "contract_ids": list(change.contract_ids),
    }


def _change(row: Mapping[str, Any]) -> JointChange:
    made = JointChange(**row)
    return replace(
        made,
        kind=ChangeKind(made.kind),
        state=ChangeState(made.state),
        steps=tuple(Step(each) for each in made.steps),
        digest=bytes(made.digest),
        contract_ids=tuple(made.contract_ids),
    )
