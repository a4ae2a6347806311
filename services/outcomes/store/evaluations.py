"""Evaluations and what boards decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, select, update

from services.outcomes.rules.evaluation import Evaluation
from services.outcomes.store.evaluation_tables import evaluations
from services.outcomes.store.rows import if_given, only, read, values_of
from services.outcomes.store.scopes import contracted, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_E = evaluations
_NEW = (
    "id",
    "partnership_id",
    "owner_organisation_id",
    "title",
    "as_at",
    "framework_id",
    "contract_id",
    "conclusion",
    "body_organisation_id",
    "body_name",
)
_ADD = prepare(
    insert(_E)
    .values({name: bindparam(name, type_=_E.c[name].type) for name in _NEW})
    .returning(_E.c.recorded_at, _E.c.updated_at)
)
_ALL = select(_E).where(contracted(_E))
_ID = _E.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_ALL.where(_ID))
_LOCK = prepare(_ALL.where(_ID).with_for_update())
_DECIDED = ("state", "decided_on", "minute", "decided_by_organisation_id", "decided_by_client_id", "version")
_SAVE = prepare(
    update(_E)
    .where(_ID)
    .values(
        {name: bindparam(f"new_{name}", type_=_E.c[name].type) for name in _DECIDED}
        | {"updated_at": func.clock_timestamp()}
    )
    .returning(_E.c.updated_at)
)
_PAGES = Pages(
    _ALL.where(if_given(_E.c.partnership_id), if_given(_E.c.state)), _E.c.updated_at, _E.c.id, _E.c.updated_at
)


async def add(tx: Transaction, evaluation: Evaluation) -> tuple[datetime, datetime]:
    """Add an evaluation. Returns when it was recorded and changed."""
    row = await tx.one(_ADD, **{name: value for name, value in values_of(evaluation).items() if name in _NEW})
    return row["recorded_at"], row["updated_at"]


async def get(tx: Transaction, evaluation_id: UUID) -> Evaluation:
    return _evaluation(await tx.one(_GET, id=evaluation_id, **scope(tx)))


async def lock(tx: Transaction, evaluation_id: UUID) -> Evaluation:
    """The evaluation as it is, held until the transaction ends. Only for the body that decides."""
    return _evaluation(await tx.one(_LOCK, id=evaluation_id, **scope(tx)))


async def save(tx: Transaction, decided: Evaluation) -> datetime:
    """Keep what the board decided. Returns when it was changed."""
    values = {f"new_{name}": getattr(decided, name) for name in _DECIDED}
    updated_at: datetime = (await tx.one(_SAVE, id=decided.id, **values))["updated_at"]
    return updated_at


async def page(tx: Transaction, limit: int, after: After, within: Within, **asked: Any) -> list[Evaluation]:
    """At most `limit + 1` evaluations in the order in which they last changed."""
    rows = await _PAGES.read(tx, limit, after, within, **only(**asked), **scope(tx))
    return [_evaluation(row) for row in rows]


def _evaluation(row: Mapping[str, Any]) -> Evaluation:
    return read(row, Evaluation)
