"""Disputes about returns, with the stages that each went through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.outcomes.rules.dispute import Dispute, DisputeStage, DisputeStep
from services.outcomes.rules.kpi_return import Return
from services.outcomes.store.return_life_tables import dispute_steps, disputes
from services.outcomes.store.revisions import below_return, parties
from services.outcomes.store.rows import adding, read
from services.outcomes.store.scopes import scope, sent
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_D, _S = disputes, dispute_steps
_STEP = ("stage", "until", "note", "recorded_at", "organisation_id", "client_id")
_STEPS = (
    select(
        func.jsonb_agg(
            aggregate_order_by(func.jsonb_build_array(*(_S.c[each] for each in _STEP)), _S.c.position)
        )
    )
    .where(_S.c.dispute_id == _D.c.id)
    .scalar_subquery()
    .label("steps")
)
_SHOWN = (
    "id",
    "return_id",
    "revision",
    "partnership_id",
    "points",
    "disputed_indicator_ids",
    "undisputed_indicator_ids",
    "stage",
    "stage_until",
    "outcome",
    "resolution",
    "resolved_at",
    "version",
    "updated_at",
)
_ALL = select(
    *(_D.c[name] for name in _SHOWN),
    _D.c.organisation_id.label("raised_by_organisation_id"),
    _D.c.recorded_at.label("raised_at"),
    _STEPS,
).where(sent(_D))
_OF_RETURN = _D.c.return_id == bindparam("return_id", type_=Uuid)
_GET = prepare(_ALL.where(_D.c.id == bindparam("id", type_=Uuid), _OF_RETURN))
_LOCK = prepare(select(_D.c.id).where(sent(_D), _D.c.id == bindparam("id", type_=Uuid)).with_for_update())
_OPEN = prepare(select(_D.c.id).where(sent(_D), _OF_RETURN, _D.c.outcome.is_(None)).limit(1))
_PAGES = Pages(_ALL.where(_OF_RETURN), _D.c.updated_at, _D.c.id, _D.c.updated_at)
_ADD = adding(_D, "outcome", "resolution", "resolved_at", "version", "updated_at")
_ADD_STEP = adding(_S)
_CHANGING = ("stage", "stage_until", "outcome", "resolution", "resolved_at", "version")
_SAVE = prepare(
    update(_D)
    .where(_D.c.id == bindparam("of_id", type_=Uuid))
    .values(
        {name: bindparam(f"new_{name}", type_=_D.c[name].type) for name in _CHANGING}
        | {"updated_at": func.clock_timestamp()}
    )
)


async def add(tx: Transaction, found: Return, dispute: Dispute) -> None:
    """Add a dispute with its first stage."""
    await tx.one(
        _ADD,
        id=dispute.id,
        points=list(dispute.points),
        disputed_indicator_ids=list(dispute.disputed_indicator_ids),
        undisputed_indicator_ids=list(dispute.undisputed_indicator_ids),
        stage=dispute.stage,
        stage_until=dispute.stage_until,
        organisation_id=tx.caller.organisation_id,
        client_id=tx.caller.client_id,
        **_below(found, dispute.revision),
    )
    await _add_step(tx, found, dispute)


async def save(tx: Transaction, found: Return, changed: Dispute, entered: bool) -> None:
    """Keep where a dispute stands; with the stage that it has just entered."""
    if entered:
        await _add_step(tx, found, changed)
    values = {f"new_{name}": getattr(changed, name) for name in _CHANGING}
    await tx.do(_SAVE, of_id=changed.id, **values)


async def _add_step(tx: Transaction, found: Return, dispute: Dispute) -> None:
    step = dispute.steps[-1]
    await tx.one(
        _ADD_STEP,
        dispute_id=dispute.id,
        position=len(dispute.steps),
        stage=step.stage,
        until=step.until,
        note=step.note,
        organisation_id=step.organisation_id,
        client_id=step.client_id,
        **_below(found, dispute.revision),
    )


def _below(found: Return, revision: int) -> dict[str, Any]:
    return below_return(found, parties(found)) | {"revision": revision}


async def get(tx: Transaction, return_id: UUID, dispute_id: UUID) -> Dispute:
    return _dispute(await tx.one(_GET, id=dispute_id, return_id=return_id, **scope(tx)))


async def lock(tx: Transaction, return_id: UUID, dispute_id: UUID) -> Dispute:
    """The dispute as it is, held until the transaction ends. Only for those who may move it."""
    await tx.one(_LOCK, id=dispute_id, **scope(tx))
    return await get(tx, return_id, dispute_id)


async def any_open(tx: Transaction, return_id: UUID) -> bool:
    """Whether a dispute about the return is not resolved yet."""
    return await tx.maybe(_OPEN, return_id=return_id, **scope(tx)) is not None


async def page(tx: Transaction, return_id: UUID, limit: int, after: After, within: Within) -> list[Dispute]:
    """At most `limit + 1` disputes about a return in the order in which they last changed."""
    rows = await _PAGES.read(tx, limit, after, within, return_id=return_id, **scope(tx))
    return [_dispute(row) for row in rows]


def _dispute(row: Mapping[str, Any]) -> Dispute:
    return read(row, Dispute, steps=tuple(_step(*each) for each in row["steps"]))


def _step(stage: str, until: str, note: str | None, at: str, organisation: str, client: str) -> DisputeStep:
    entered = datetime.fromisoformat(at)
    day = datetime.fromisoformat(until).date()
    return DisputeStep(DisputeStage(stage), day, note, entered, UUID(organisation), UUID(client))
