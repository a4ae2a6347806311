"""Successions with their moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Uuid, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import BOOLEAN

from services.gateway.rules.succession import (
    Maker,
    Succession,
    SuccessionKind,
    SuccessionMove,
    SuccessionState,
)
from services.gateway.store.succession_tables import succession_moves, successions
from shared.audit import Change
from shared.db import Prepared, Transaction, prepare, refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.keyset import After, Pages, Within

_move = func.jsonb_build_object(
    "predecessor_id", succession_moves.c.predecessor_id, "successor_id", succession_moves.c.successor_id,
    "share", func.trim_scale(succession_moves.c.share).cast(successions.c.instrument.type),
)  # fmt: skip
_moves = (
    select(func.jsonb_agg(_move))
    .where(succession_moves.c.succession_id == successions.c.id)
    .scalar_subquery()
    .label("moves")
)
# The operator sees all, a body those in which it ends or takes over.
_SEEN = bindparam("operator", type_=BOOLEAN) | successions.c.party_ids.overlap(
    bindparam("own", type_=ARRAY(Uuid))
)
_WHOLE = select(successions, _moves).where(_SEEN)
_ID = successions.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_WHOLE.where(_ID))
_LOCK = prepare(_WHOLE.where(_ID).with_for_update(of=successions))
_ALL = prepare(_WHOLE)
_PAGES = Pages(_WHOLE, successions.c.recorded_at, successions.c.id, successions.c.updated_at)
_NEW = (
    "id",
    "kind",
    "effective_date",
    "instrument",
    "party_ids",
    "recorded_by_client_id",
    "recorded_by_person",
)
_ADD = prepare(
    insert(successions).values({name: bindparam(name, type_=successions.c[name].type) for name in _NEW})
)
_ADD_MOVE = prepare(
    insert(succession_moves).values({c.name: bindparam(c.name, type_=c.type) for c in succession_moves.c})
)
_CHANGING = ("approved_by_client_id", "approved_by_person", "parts", "state", "version")
_SAVE = prepare(
    update(successions)
    .where(_ID)
    .values({name: bindparam(f"new_{name}", type_=successions.c[name].type) for name in _CHANGING})
)
# Whoever records one waits for whoever records another: a body ends once.
_SERIALLY = Prepared("select pg_advisory_xact_lock(hashtextextended('successions', 0))", (), {})
refuse_constraint("successions_pkey", ID_UNAVAILABLE)


async def get(tx: Transaction, succession_id: UUID) -> Succession:
    return _succession(await tx.one(_GET, id=succession_id, **_scope(tx)))


async def lock(tx: Transaction, succession_id: UUID) -> Succession:
    """The succession, held until the transaction ends."""
    return _succession(await tx.one(_LOCK, id=succession_id, **_scope(tx)))


async def every(tx: Transaction) -> list[Succession]:
    """All successions, with none added until the transaction ends."""
    await tx.all(_SERIALLY)
    return [_succession(row) for row in await tx.all(_ALL, **_scope(tx))]


async def page(
    tx: Transaction, limit: int, after: After, within: Within
) -> list[tuple[Succession, datetime]]:
    rows = await _PAGES.read(tx, limit, after, within, **_scope(tx))
    return [(_succession(row), row["recorded_at"]) for row in rows]


async def add(tx: Transaction, succession: Succession) -> None:
    await tx.do(
        _ADD,
        id=succession.id,
        kind=succession.kind.value,
        effective_date=succession.effective_date,
        instrument=succession.instrument,
        party_ids=[*succession.predecessors, *succession.successors],
        recorded_by_client_id=succession.recorded_by.client_id,
        recorded_by_person=succession.recorded_by.person,
    )
    await tx.many(
        _ADD_MOVE,
        [
            {
                "succession_id": succession.id,
                "predecessor_id": each.predecessor_id,
                "successor_id": each.successor_id,
                "share": each.share,
            }
            for each in succession.moves
        ],
    )


async def save(tx: Transaction, succession: Succession) -> None:
    approver = succession.approved_by
    await tx.do(
        _SAVE,
        id=succession.id,
        new_approved_by_client_id=None if approver is None else approver.client_id,
        new_approved_by_person=None if approver is None else approver.person,
        new_parts=dict(succession.parts),
        new_state=succession.state.value,
        new_version=succession.version,
    )


def _scope(tx: Transaction) -> dict[str, Any]:
    return {"operator": tx.caller.operator, "own": list(tx.caller.organisations)}


def told(what: str, succession: Succession, owner: UUID) -> Change:
    """What a succession tells, and to whom: who ends or takes over by it."""
    return Change(
        what=what,
        thing="succession",
        thing_id=succession.id,
        owner_organisation_id=owner,
        readers=(*succession.predecessors, *succession.successors),
        facts={"state": succession.state.value, "parts": sorted(succession.parts)},
    )


def _succession(row: Mapping[str, Any]) -> Succession:
    approver = row["approved_by_client_id"]
    return Succession(
        id=row["id"],
        kind=SuccessionKind(row["kind"]),
        effective_date=row["effective_date"],
        instrument=row["instrument"],
        moves=tuple(
            sorted(
                msgspec.convert(row["moves"] or [], tuple[SuccessionMove, ...]),
                key=lambda each: (each.predecessor_id, each.successor_id),
            )
        ),
        recorded_by=Maker(row["recorded_by_client_id"], row["recorded_by_person"]),
        approved_by=None if approver is None else Maker(approver, row["approved_by_person"]),
        parts=row["parts"],
        state=SuccessionState(row["state"]),
        version=row["version"],
        recorded_at=row["recorded_at"],
    )
