"""The register as it is published, and whole for whoever leads its contracts: one edition of each contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    exists,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from services.contracts.rules.party import Party, Role
from services.contracts.rules.publication import Withheld
from services.contracts.store.publication_tables import contract_editions, publications, publishers
from services.contracts.store.tables import contract_parties, contracts
from services.contracts.store.visibility import led
from shared.db import Transaction, prepare

_BATCH = 1000
_OWNER = bindparam("owner", type_=Uuid)
_BEFORE = bindparam("before", type_=DateTime(timezone=True))
_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """The edition of a contract that the register shows, and what is withheld of it."""

    contract_id: UUID
    owner_organisation_id: UUID
    content: Mapping[str, Any]
    withheld: tuple[Withheld, ...]
    suppliers: tuple[Party, ...] = ()


def _latest(open_only: bool) -> Select[Any]:
    """Of each contract the last edition before an instant; to the public from the stage on from which it is open."""
    asked = (
        select(
            contract_editions.c.contract_id,
            contract_editions.c.owner_organisation_id,
            contract_editions.c.content,
            publications.c.withheld,
        )
        .select_from(contract_editions)
        .join(publications, publications.c.contract_id == contract_editions.c.contract_id)
        .where(contract_editions.c.recorded_at < _BEFORE)
        .ext(distinct_on(contract_editions.c.contract_id))
        .order_by(contract_editions.c.contract_id, contract_editions.c.number.desc())
    )
    if open_only:
        asked = asked.where(publications.c.shown, contract_editions.c.stage >= publications.c.from_stage)
    return asked


# Not of a contract that has passed to a successor since, which stands in the successor's register.
_LATER = contract_editions.alias("later")
_PASSED_ON = (
    exists()
    .where(
        _LATER.c.contract_id == contract_editions.c.contract_id,
        _LATER.c.number > contract_editions.c.number,
        _LATER.c.recorded_at < _BEFORE,
        _LATER.c.owner_organisation_id != contract_editions.c.owner_organisation_id,
    )
    .correlate(contract_editions)
)

# Only a local authority's own contracts, never those of an NHS body (Code, para 6).
_PUBLISHED = prepare(
    _latest(open_only=True)
    .join(publishers, publishers.c.owner_organisation_id == contract_editions.c.owner_organisation_id)
    .where(
        publishers.c.kind == "local_authority",
        ~_PASSED_ON,
        contract_editions.c.owner_organisation_id == _OWNER,
        contract_editions.c.contract_id > bindparam("after", type_=Uuid),
    )
    .limit(bindparam("most", type_=Integer))
)
_OWN = _latest(open_only=False).where(
    contract_editions.c.owner_organisation_id == _OWNER,
    contract_editions.c.contract_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
)
_WHOLE = prepare(_OWN)
_P = contract_parties.c
_SUPPLIERS = prepare(
    select(_P.contract_id, _P.role, _P.organisation_id, _P.name, _P.identifiers, _P.kind, _P.sme, _P.vcse)
    .join(contracts, contracts.c.id == _P.contract_id)
    .where(
        led(),
        _P.contract_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        _P.role == literal_column(f"'{Role.PROVIDER.value}'"),
    )
    .order_by(_P.contract_id, _P.position)
)
_KEYS = (contracts.c.reference_key, contracts.c.occurrence)
_PLACES = prepare(
    select(contracts.c.id, *_KEYS)
    .where(
        led(),
        contracts.c.owner_organisation_id == _OWNER,
        tuple_(*_KEYS)
        > tuple_(bindparam("after_key", type_=Text), bindparam("after_occurrence", type_=Integer)),
    )
    .order_by(*_KEYS)
    .limit(_BATCH)
)


async def published(
    tx: Transaction, owner: UUID, before: datetime | None, limit: int, after: UUID | None
) -> list[Listed]:
    """At most `limit + 1` published contracts of one local authority, by id, as they stood before an instant."""
    values = {"owner": owner, "before": before or _ALWAYS, "after": after or UUID(int=0), "most": limit + 1}
    return [_listed(row) for row in await tx.all(_PUBLISHED, **values)]


async def all_published(tx: Transaction, owner: UUID, before: datetime | None) -> AsyncIterator[list[Listed]]:
    """All published contracts of one local authority, in batches."""
    after = None
    while True:
        rows = await published(tx, owner, before, _BATCH, after)
        yield rows[:_BATCH]
        if len(rows) <= _BATCH:
            return
        after = rows[_BATCH - 1].contract_id


async def whole(tx: Transaction, owner: UUID) -> AsyncIterator[list[Listed]]:
    """All contracts that an organisation of the caller's leads, with their suppliers, in the order of their references,
    in batches."""
    key, occurrence = "", 0
    while True:
        places = await tx.all(
            _PLACES,
            owner=owner,
            organisations=list(tx.caller.organisations),
            after_key=key,
            after_occurrence=occurrence,
        )
        if not places:
            return
        ids = [row["id"] for row in places]
        rows = await tx.all(_WHOLE, owner=owner, ids=ids, before=_ALWAYS)
        found = {row["contract_id"]: _listed(row) for row in rows}
        suppliers: dict[UUID, list[Party]] = defaultdict(list)
        for row in await tx.all(_SUPPLIERS, ids=ids, organisations=list(tx.caller.organisations)):
            suppliers[row["contract_id"]].append(msgspec.convert({**row, "share_percent": None}, Party))
        yield [replace(found[each], suppliers=tuple(suppliers[each])) for each in ids if each in found]
        key, occurrence = places[-1]["reference_key"], places[-1]["occurrence"]


def _listed(row: Mapping[str, Any]) -> Listed:
    return Listed(
        row["contract_id"],
        row["owner_organisation_id"],
        row["content"],
        msgspec.convert(row["withheld"], tuple[Withheld, ...]),
    )
