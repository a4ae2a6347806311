"""Lines of savings with the history of their delivery, and the plans that they are rolled up against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, Uuid, bindparam, func, insert, select, update

from services.budget.rules.saving_line import OWNER_ONLY, Delivery, Move, Saving
from services.budget.rules.saving_plan import MOST_LINES
from services.budget.rules.saving_terms import Terms
from services.budget.store.risk_tables import saving_moves, savings
from services.budget.store.visibility import scope, to_partners
from shared.audit import Change
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in savings.c if not column.name.endswith("_at"))


def _with_history() -> Select[Any]:
    moved = saving_moves.c
    shown = ("from_status", "to_status", "on_day", "slipped_to", "delivered", "explanation")
    rows = (
        select(
            func.jsonb_build_object(*(part for name in shown for part in (name, moved[name]))).label("row")
        )
        .add_columns(moved.number)
        .where(moved.saving_id == savings.c.id)
        .order_by(moved.number)
        .correlate(savings)
        .subquery()
    )
    folded = select(func.coalesce(func.jsonb_agg(rows.c.row), func.jsonb_build_array())).scalar_subquery()
    return select(*(savings.c[name] for name in _NAMES), folded.label("history")).where(to_partners(savings))


_ID = savings.c.id == bindparam("id", type_=Uuid)
_PARTNERSHIP = savings.c.partnership_id == bindparam("partnership", type_=Uuid)
_GET = prepare(_with_history().where(_ID))
_LOCK = prepare(select(savings.c.id).where(_ID, to_partners(savings)).with_for_update())
_OF_PROGRAMME = prepare(
    _with_history()
    .where(_PARTNERSHIP, savings.c.programme == bindparam("programme", type_=Text))
    .order_by(savings.c.id)
    .limit(MOST_LINES + 1)
)
_PROGRAMME = bindparam("of_programme", type_=Text)
_STATUS = bindparam("of_status", type_=Text)
_PAGES = Pages(
    _with_history().where(
        _PARTNERSHIP,
        _PROGRAMME.is_(None) | (savings.c.programme == _PROGRAMME),
        _STATUS.is_(None) | (savings.c.status == _STATUS),
    ),
    savings.c.title,
    savings.c.id,
    savings.c.updated_at,
)
_ADD = prepare(insert(savings).values({name: bindparam(name, type_=savings.c[name].type) for name in _NAMES}))
_MOVING = ("terms", "status", "version")
_SAVE = prepare(
    update(savings)
    .where(savings.c.id == bindparam("which", type_=Uuid))
    .values({name: bindparam(name, type_=savings.c[name].type) for name in _MOVING})
)
_MOVED = tuple(column for column in saving_moves.c if column.name != "recorded_at")
_ADD_MOVE = prepare(
    insert(saving_moves).values({each.name: bindparam(each.name, type_=each.type) for each in _MOVED})
)


async def get(tx: Transaction, saving_id: UUID) -> Saving:
    return _saving(await tx.one(_GET, id=saving_id, **scope(tx)))


async def lock(tx: Transaction, saving_id: UUID) -> Saving:
    """Lock it for a change. A partner who sees it and does not keep it is told so; a stranger finds nothing.

    Its history is read once the lock is held, so that no move is missed that was made while it waited.
    """
    row = await tx.maybe(_LOCK, id=saving_id, **scope(tx))
    saving = await get(tx, saving_id)
    if row is None:
        raise OWNER_ONLY()
    return saving


async def of_programme(tx: Transaction, partnership_id: UUID, programme: str) -> list[Saving]:
    """Every line of a programme, at most one more than a roll-up takes."""
    rows = await tx.all(_OF_PROGRAMME, partnership=partnership_id, programme=programme, **scope(tx))
    return [_saving(row) for row in rows]


async def add(tx: Transaction, saving: Saving) -> None:
    values = {name: getattr(saving, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "status": saving.status.value})


async def save(tx: Transaction, saving: Saving) -> None:
    await tx.do(
        _SAVE, which=saving.id, terms=saving.terms, status=saving.status.value, version=saving.version
    )


async def add_move(tx: Transaction, saving: Saving) -> None:
    """Keep the last move of its history."""
    made = saving.history[-1]
    await tx.do(
        _ADD_MOVE,
        saving_id=saving.id,
        number=len(saving.history),
        partnership_id=saving.partnership_id,
        owner_organisation_id=saving.owner_organisation_id,
        from_status=made.from_status.value,
        to_status=made.to_status.value,
        on_day=made.on_day,
        slipped_to=made.slipped_to,
        delivered=made.delivered,
        explanation=made.explanation,
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    of: Mapping[str, Any],
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Saving]:
    """`of` holds of_programme and of_status, each None where all are wanted."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **of, **scope(tx))
    return [_saving(row) for row in rows]


def _saving(row: Mapping[str, Any]) -> Saving:
    return Saving(
        **{
            **row,
            "terms": msgspec.convert(row["terms"], Terms),
            "status": Delivery(row["status"]),
            "history": msgspec.convert(row["history"], tuple[Move, ...]),
        }
    )


def told(what: str, saving: Saving) -> Change:
    """What a change of a line of savings tells."""
    return Change(
        what=what,
        thing="saving",
        thing_id=saving.id,
        owner_organisation_id=saving.owner_organisation_id,
        partnership_id=saving.partnership_id,
        facts={"programme": saving.programme, "status": saving.status.value},
    )
