"""What everybody may read: the editions of published contracts in the order in which they were released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.edition import Edition
from services.contracts.rules.publication import Publication, ReleaseStage
from services.contracts.rules.publisher import Publisher
from services.contracts.store import publishers
from services.contracts.store.horizon import settled_until
from services.contracts.store.publication_tables import STAGE, contract_editions, publications
from services.contracts.store.publications import publication_of
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within


@dataclass(frozen=True, slots=True)
class Place:
    """Where an edition stands in the feed."""

    released_at: datetime
    contract_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Process:
    """A contract that is published: all its editions that may be told, and who is named in them."""

    publication: Publication
    editions: tuple[Edition, ...]
    publishers: Mapping[UUID, Publisher]
    shown: frozenset[UUID]  # those of the related contracts that are published too
    lapses: tuple[datetime, ...] = ()  # when something that was withheld at the last decision ceases to be


def _open() -> ColumnElement[bool]:
    """The first wall: nothing of a contract that is not shown, or from before the stage on from which it is open."""
    seen: ColumnElement[bool] = publications.c.shown & (
        contract_editions.c.stage >= publications.c.from_stage
    )
    return seen


def _released(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(contract_editions)
        .join(publications, publications.c.contract_id == contract_editions.c.contract_id)
        .where(_open())
    )


_UNTIL = bindparam("until", type_=DateTime(timezone=True))
_LAPSED: ColumnElement[Any] = func.contracts.lapsed_at(
    publications.c.lapses, _UNTIL, type_=DateTime(timezone=True)
)


def _feed(at: ColumnElement[Any], *which: ColumnElement[bool]) -> Pages:
    return Pages(
        _released(at.label("released_at"), contract_editions.c.contract_id, contract_editions.c.number).where(
            contract_editions.c.released_at <= _UNTIL,
            contract_editions.c.stage == any_(bindparam("stages", type_=ARRAY(STAGE))),
            *which,
        ),
        at,
        contract_editions.c.contract_id,
        updated=at,
        then=contract_editions.c.number,
    )


# The few contracts of which something has ceased to be withheld stand where that was, and all others, which an index
# holds in order, where they were released.
_FEEDS = (
    _feed(contract_editions.c.released_at, _LAPSED.is_(None)),
    _feed(
        func.greatest(contract_editions.c.released_at, _LAPSED, type_=DateTime(timezone=True)),
        func.cardinality(publications.c.lapses) > literal_column("0"),
        _LAPSED.is_not(None),
    ),
)
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_EDITIONS = prepare(_released(contract_editions).where(contract_editions.c.contract_id == any_(_IDS)))
_PUBLICATIONS = prepare(
    select(publications).where(publications.c.shown, publications.c.contract_id == any_(_IDS))
)
_SINCE = bindparam("updated_from", type_=DateTime(timezone=True))
_BEFORE = bindparam("updated_to", type_=DateTime(timezone=True))
_WINDOW = (
    exists()
    .where(
        contract_editions.c.contract_id == publications.c.contract_id,
        _open(),
        (contract_editions.c.released_at >= _SINCE) & (contract_editions.c.released_at < _BEFORE)
        | func.contracts.lapsed_within(publications.c.lapses, _SINCE, _BEFORE),
    )
    .correlate(publications)
)
_AFTER = bindparam("after", type_=Uuid)
_RECORDS = prepare(
    select(publications.c.contract_id)
    .where(publications.c.shown, publications.c.contract_id > _AFTER, _WINDOW)
    .order_by(publications.c.contract_id)
    .limit(bindparam("most"))
)


async def page(
    tx: Transaction, stages: Collection[ReleaseStage], limit: int, after: After, within: Within
) -> list[Place]:
    """At most `limit + 1` places of the feed. What a transaction under way may still release comes later, and whole."""
    until = await settled_until(tx)
    values: dict[str, Any] = {"until": until, "stages": [each.value for each in stages]}
    found = [
        Place(row["released_at"], row["contract_id"], row["number"])
        for feed in _FEEDS
        for row in await feed.read(tx, limit, after, within, **values)
    ]
    return sorted(found, key=lambda each: (each.released_at, each.contract_id, each.number))[: limit + 1]


async def record_ids(
    tx: Transaction, limit: int, after: UUID | None, within: tuple[datetime, datetime]
) -> list[UUID]:
    """At most `limit + 1` published contracts that were released anew within a window of time, by id."""
    values = {"updated_from": within[0], "updated_to": within[1], "most": limit + 1}
    rows = await tx.all(_RECORDS, after=after or UUID(int=0), **values)
    return [row["contract_id"] for row in rows]


async def processes(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Process]:
    """Those of these contracts that are published, with everything that their releases are made of."""
    rows = await tx.all(_PUBLICATIONS, ids=list(ids))
    found = {row["contract_id"]: publication_of(row) for row in rows}
    lapses = {row["contract_id"]: tuple(row["lapses"]) for row in rows}
    if not found:
        return {}
    editions: dict[UUID, list[Edition]] = {each: [] for each in found}
    for row in await tx.all(_EDITIONS, ids=list(found)):
        if row["contract_id"] in editions:
            editions[row["contract_id"]].append(_edition(row))
    related = {each for many in editions.values() for edition in many for each in _related(edition)}
    others = await tx.all(_PUBLICATIONS, ids=list(related)) if related else []
    shown = frozenset(row["contract_id"] for row in others)
    named = await publishers.get_all(tx, _named(found.values(), editions.values()))
    return {
        key: Process(publication, tuple(editions[key]), named, shown, lapses[key])
        for key, publication in found.items()
    }


def _related(edition: Edition) -> list[UUID]:
    return [UUID(each["contract_id"]) for each in edition.content.get("related") or ()]


def _named(found: Collection[Publication], editions: Collection[Sequence[Edition]]) -> set[UUID]:
    owners = {each.owner_organisation_id for each in found}
    return owners | {
        UUID(each)
        for many in editions
        for edition in many
        for each in edition.content.get("associate_ids") or ()
    }


_NAMES = ("contract_id", "number", "stage", "content", "recorded_at", "released_at", "move", "reason")


def _edition(row: Mapping[str, Any]) -> Edition:
    return msgspec.convert({name: row[name] for name in _NAMES}, Edition)
