"""Publications of contracts: read by who sees the contract, changed by who leads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Uuid, bindparam, false, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services.contracts.rules.contract import Contract
from services.contracts.rules.publication import Particulars, Publication, Withheld
from services.contracts.store.publication_tables import publications, publishers
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import inside, led, scope, visible
from shared.db import Row, Transaction, prepare

_ID = bindparam("id", type_=Uuid)
_CHANGEABLE = ("open", "decided", "from_stage", "withheld", "particulars", "version")
_COLUMNS = [column for column in publications.c if column.name not in {"shown", "lapses"}]
_NAMES = tuple(str(column.name) for column in _COLUMNS)
_JOINED = select(*_COLUMNS).join(contracts, contracts.c.id == publications.c.contract_id)
_GET = prepare(_JOINED.where(publications.c.contract_id == _ID, inside()))
_WITHHELD = prepare(
    select(publications.c.withheld)
    .join(contracts, contracts.c.id == publications.c.contract_id)
    .where(publications.c.contract_id == _ID, visible())
)
_LOCK = prepare(_JOINED.where(publications.c.contract_id == _ID, led()).with_for_update(of=publications))
_SAVE = prepare(
    update(publications)
    .where(publications.c.contract_id == _ID)
    .values({name: bindparam(name, type_=publications.c[name].type) for name in _CHANGEABLE})
)


# What a register said beside the contracts that it brought, before their first editions are kept.
_SENT = func.jsonb_populate_recordset(
    literal_column("null::contracts.publications"), bindparam("rows", type_=JSONB)
).table_valued(
    Column("contract_id", Uuid),
    Column("owner_organisation_id", Uuid),
    Column("particulars", JSONB),
    name="sent",
)
_DEFAULT = (
    select(publishers.c.open_by_default)
    .where(publishers.c.owner_organisation_id == _SENT.c.owner_organisation_id)
    .scalar_subquery()
)
_STATE = prepare(
    insert(publications).from_select(
        [
            "contract_id",
            "owner_organisation_id",
            "particulars",
            "open",
            "decided",
            "from_stage",
            "withheld",
            "version",
        ],
        select(
            *_SENT.c,
            func.coalesce(_DEFAULT, false()),
            false(),
            literal_column("'award'::contracts.release_stage"),
            literal_column("'[]'::jsonb"),
            literal_column("1"),
        ),
    )
)
_RESTATE = prepare(
    update(publications)
    .where(publications.c.contract_id == _SENT.c.contract_id)
    .values(particulars=_SENT.c.particulars, version=publications.c.version + 1)
)


async def state_all(tx: Transaction, said: Sequence[tuple[Contract, Particulars]], *, again: bool) -> None:
    """Keep what a register says beside its contracts. `again`: of contracts that are published already or could be."""
    rows = [
        {
            "contract_id": contract.id,
            "owner_organisation_id": contract.owner_organisation_id,
            "particulars": stated(particulars),
        }
        for contract, particulars in said
    ]
    if rows:
        await tx.do(_RESTATE if again else _STATE, rows=rows)


async def get(tx: Transaction, contract_id: UUID) -> Publication:
    """The publication of a contract that the caller sees more of than what is published."""
    return publication_of(await tx.one(_GET, id=contract_id, **scope(tx)))


async def lock(tx: Transaction, contract_id: UUID) -> Publication:
    """The publication of a contract that the caller leads, locked until the end."""
    return publication_of(await tx.one(_LOCK, id=contract_id, organisations=list(tx.caller.organisations)))


async def save(tx: Transaction, publication: Publication) -> Publication:
    values: dict[str, Any] = {name: getattr(publication, name) for name in _CHANGEABLE}
    values["particulars"] = stated(values["particulars"])
    await tx.do(_SAVE, id=publication.contract_id, **values)
    return await get(tx, publication.contract_id)


def stated(particulars: Any) -> dict[str, Any]:
    """What of the particulars is stated, as the database keeps it."""
    made = msgspec.to_builtins(particulars)
    return {name: value for name, value in made.items() if value not in (None, [], ())}


def publication_of(row: Row) -> Publication:
    return msgspec.convert({name: row[name] for name in _NAMES}, Publication)


async def withheld_of(tx: Transaction, contract_id: UUID) -> tuple[Withheld, ...]:
    """What is withheld of a contract that the caller sees in any shape, whenever."""
    row = await tx.one(_WITHHELD, id=contract_id, **scope(tx))
    return msgspec.convert(row["withheld"], tuple[Withheld, ...])
