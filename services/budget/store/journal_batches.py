"""Batches of journals: what was sent together, and what became of each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, insert, select

from services.budget.rules.journal_batch import Item, JournalBatch, Mode
from services.budget.store.entry_tables import journal_batches
from services.budget.store.visibility import scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within


def _own() -> Select[Any]:
    """Only who sent a batch sees it as one; its journals are seen by who may see them."""
    return select(journal_batches).where(
        journal_batches.c.owner_organisation_id == any_(bindparam("organisations", type_=ARRAY(Uuid)))
    )


_GET = prepare(_own().where(journal_batches.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _own().where(journal_batches.c.partnership_id == bindparam("partnership", type_=Uuid)),
    journal_batches.c.recorded_at,
    journal_batches.c.id,
    journal_batches.c.recorded_at,
)
_NAMES = tuple(column.name for column in journal_batches.c)
_ADD = prepare(
    insert(journal_batches)
    .values(
        {
            name: bindparam(name, type_=journal_batches.c[name].type)
            for name in _NAMES
            if name != "recorded_at"
        }
    )
    .returning(journal_batches.c.recorded_at)
)


async def get(tx: Transaction, batch_id: UUID) -> JournalBatch:
    return _batch(await tx.one(_GET, id=batch_id, organisations=scope(tx)["organisations"]))


async def add(tx: Transaction, batch: JournalBatch) -> JournalBatch:
    """Add it. Returns it with the instant at which it was recorded."""
    values = {name: getattr(batch, name) for name in _NAMES if name != "recorded_at"}
    row = await tx.one(
        _ADD, **{**values, "mode": batch.mode.value, "items": msgspec.to_builtins(list(batch.items))}
    )
    return replace(batch, recorded_at=row["recorded_at"])


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within
) -> Sequence[JournalBatch]:
    """At most `limit + 1` batches in the order in which they were recorded."""
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, organisations=scope(tx)["organisations"]
    )
    return [_batch(row) for row in rows]


def _batch(row: Mapping[str, Any]) -> JournalBatch:
    return JournalBatch(
        **{
            **row,
            "mode": Mode(row["mode"]),
            "dry_run": False,
            "items": msgspec.convert(row["items"], tuple[Item, ...]),
        }
    )
