"""What imports of registers said of each contract, and which contracts stand under a register's references."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Date, Text, Uuid, any_, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.contracts.rules.register_import import Known
from services.contracts.rules.register_report import RegisterReport
from services.contracts.rules.register_row import RegisterContent
from services.contracts.store.tables import contracts, register_entries, register_imports
from shared.db import Prepared, Transaction, prepare

_OWNER = bindparam("owner", type_=Uuid)
_ONE_AT_A_TIME = prepare(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("owner", type_=Text), 1)))
)
_KNOWN = prepare(
    select(contracts.c.id, contracts.c.reference_key, contracts.c.occurrence, register_entries.c.content)
    .select_from(contracts)
    .outerjoin(register_entries, register_entries.c.contract_id == contracts.c.id)
    .where(
        contracts.c.owner_organisation_id == _OWNER,
        contracts.c.reference_key == any_(bindparam("keys", type_=ARRAY(Text))),
    )
)
_ADD: Prepared = prepare(
    insert(register_imports).values(
        id=bindparam("id", type_=Uuid),
        owner_organisation_id=_OWNER,
        partnership_id=bindparam("partnership_id", type_=Uuid),
        register_date=bindparam("register_date", type_=Date),
        counts=bindparam("counts", type_=JSONB),
    )
)
_SENT = func.jsonb_populate_recordset(
    literal_column("null::contracts.register_entries"), bindparam("rows", type_=JSONB)
).table_valued(*(Column(column.name, column.type) for column in register_entries.c), name="sent")
_ADD_ENTRIES = prepare(
    insert(register_entries).from_select([column.name for column in register_entries.c], select(*_SENT.c))
)
_CHANGE_ENTRIES = prepare(
    update(register_entries)
    .where(register_entries.c.contract_id == _SENT.c.contract_id)
    .values({name: _SENT.c[name] for name in ("reference_key", "register_import_id", "line", "content")})
)


async def one_at_a_time(tx: Transaction, owner: UUID) -> None:
    """Wait for any other import of the same owner: two at once would each find the other's contracts missing."""
    await tx.all(_ONE_AT_A_TIME, owner=str(owner))


async def known(tx: Transaction, owner: UUID, keys: Collection[str]) -> list[Known]:
    """The owner's contracts under these references, each with what its last import said."""
    rows = await tx.all(_KNOWN, owner=owner, keys=list(keys))
    return [
        Known(
            row["id"],
            row["reference_key"],
            row["occurrence"],
            None if row["content"] is None else msgspec.convert(row["content"], RegisterContent),
        )
        for row in rows
    ]


async def add(tx: Transaction, import_id: UUID, report: RegisterReport) -> None:
    """Record that a register was taken, with its counts."""
    await tx.do(
        _ADD,
        id=import_id,
        owner=report.owner_organisation_id,
        partnership_id=report.partnership_id,
        register_date=report.register_date,
        counts=report.counts,
    )


async def add_entries(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the register says of new contracts, which the next import is compared with."""
    await tx.do(_ADD_ENTRIES, rows=list(rows))


async def change_entries(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the register says now of contracts that it said something of before."""
    await tx.do(_CHANGE_ENTRIES, rows=list(rows))
