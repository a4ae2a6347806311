"""Disputes on contracts: read by the contract's commissioners and by the two sides, moved by the two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, cast, exists, func, insert, or_, select, update

from services.contracts.rules.contract_dispute import (
    ContractDispute,
    ContractDisputeOutcome,
    ContractDisputeStage,
)
from services.contracts.store.dispute_tables import contract_disputes
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, inside, ours, scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.money import Money, Status

_T = contract_disputes
_CLOCKED = ("recorded_at", "changed_at")
_CHANGING = ("stage", "stage_began_on", "due_on", "outcome", "resolution", "version")
_WRITTEN = tuple(each.name for each in _T.c if each.name not in _CLOCKED)
_VALUES = {name: bindparam(name, type_=_T.c[name].type) for name in _WRITTEN}
_WHOLE = exists().where(contracts.c.id == _T.c.contract_id, commissioning())
_SIDES = or_(ours(_T), ours(_T, "against_organisation_id"))
_SIDE = _SIDES & exists().where(contracts.c.id == _T.c.contract_id, inside())
_OF = _T.c.contract_id == bindparam("contract", type_=Uuid)
_SEEN = select(_T).where(_OF, or_(_WHOLE, _SIDE))
_GET = prepare(_SEEN.where(_T.c.id == bindparam("id", type_=Uuid)))
_LOCK = prepare(select(_T).where(_OF, _SIDE, _T.c.id == bindparam("id", type_=Uuid)).with_for_update())
_PAGES = Pages(_SEEN, _T.c.raised_on, _T.c.id, updated=_T.c.changed_at)
_ADD = prepare(insert(_T).values(_VALUES))
_SAVE = prepare(
    update(_T)
    .where(_T.c.id == bindparam("which", type_=Uuid))
    .values({**{name: _VALUES[name] for name in _CHANGING}, "changed_at": func.clock_timestamp()})
)
_INSIDE = prepare(select(contracts.c.id).where(contracts.c.id == bindparam("contract", type_=Uuid), inside()))
_DAY = prepare(select(cast(func.timezone("Europe/London", func.clock_timestamp()), Date).label("today")))


async def require_inside(tx: Transaction, contract_id: UUID) -> None:
    """Refuse whoever sees no more of the contract than what is published, as if it were not there."""
    await tx.one(_INSIDE, contract=contract_id, **scope(tx))


async def today(tx: Transaction) -> date:
    """The day in England by the database's clock."""
    day: date = (await tx.one(_DAY))["today"]
    return day


async def get(tx: Transaction, contract_id: UUID, dispute_id: UUID) -> ContractDispute:
    return _of(await tx.one(_GET, contract=contract_id, id=dispute_id, **scope(tx)))


async def lock(tx: Transaction, contract_id: UUID, dispute_id: UUID) -> ContractDispute:
    """A dispute of one of its two sides, locked until the end; to anybody else it is not there to be moved."""
    return _of(await tx.one(_LOCK, contract=contract_id, id=dispute_id, **scope(tx)))


async def page(
    tx: Transaction, contract_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[ContractDispute]:
    """At most `limit + 1` disputes by the day on which they were raised."""
    rows = await _PAGES.read(tx, limit, after, within, contract=contract_id, **scope(tx))
    return [_of(row) for row in rows]


async def add(tx: Transaction, dispute: ContractDispute) -> ContractDispute:
    await tx.do(_ADD, **_row(dispute))
    return await get(tx, dispute.contract_id, dispute.id)


async def save(tx: Transaction, before: ContractDispute, after: ContractDispute) -> ContractDispute:
    """Save a moved dispute under its next version."""
    row = _row(replace(after, version=before.version + 1))
    await tx.do(_SAVE, which=before.id, **{name: row[name] for name in _CHANGING})
    return await get(tx, before.contract_id, before.id)


def _row(dispute: ContractDispute) -> dict[str, Any]:
    row = {name: getattr(dispute, name) for name in _WRITTEN if not name.startswith("disputed_")}
    return {
        **row,
        "disputed_pence": dispute.disputed.amount_pence,
        "disputed_status": dispute.disputed.status.value,
    }


def _of(row: Mapping[str, Any]) -> ContractDispute:
    values = {name: row[name] for name in (*_WRITTEN, *_CLOCKED) if not name.startswith("disputed_")}
    outcome = None if row["outcome"] is None else ContractDisputeOutcome(row["outcome"])
    return ContractDispute(
        **{
            **values,
            "stage": ContractDisputeStage(row["stage"]),
            "outcome": outcome,
            "disputed": Money(row["disputed_pence"], Status(row["disputed_status"])),
        }
    )
