"""Populations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.outcomes.rules.population import Population, Registration, overlap
from services.outcomes.store.rows import adding, read, values_of
from services.outcomes.store.scopes import scope, whole
from services.outcomes.store.tables import populations
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(populations)
_ALL = select(populations).where(whole(populations))
_GET = prepare(_ALL.where(populations.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(populations.c.partnership_id == bindparam("partnership", type_=Uuid)),
    populations.c.recorded_at,
    populations.c.id,
    populations.c.recorded_at,
)
_REGISTRATION = ("here_percent", "elsewhere_percent", "living_elsewhere", "more_come_in_than_go_out")


async def add(tx: Transaction, population: Population) -> datetime:
    """Add a population. Returns when it was recorded."""
    shares = {name: getattr(population.registration, name, None) for name in _REGISTRATION}
    recorded_at: datetime = (await tx.one(_ADD, **values_of(population, **shares)))["recorded_at"]
    return recorded_at


async def get(tx: Transaction, population_id: UUID) -> Population:
    return _population(await tx.one(_GET, id=population_id, **scope(tx)))


async def maybe(tx: Transaction, population_id: UUID | None) -> Population | None:
    """The population, or None where none is asked for or there is none for this caller."""
    row = None if population_id is None else await tx.maybe(_GET, id=population_id, **scope(tx))
    return None if row is None else _population(row)


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within
) -> list[Population]:
    """At most `limit + 1` populations of a partnership in the order in which they were recorded."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [_population(row) for row in rows]


def _population(row: Mapping[str, Any]) -> Population:
    shares = {name: row[name] for name in _REGISTRATION}
    registration = None if shares["here_percent"] is None else Registration(**shares)
    split = None if registration is None else overlap(row["count"], registration)
    return read(row, Population, registration=registration, overlap=split)
