"""Suppliers as the contracts that the caller sees whole name them: each way once, with its contracts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, Uuid, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from services.contracts.rules.duplicate_supplier import NamedSupplier
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, scope
from shared.db import Transaction, prepare

MOST = 20_000

_NAMED = (
    func.jsonb_to_recordset(contracts.c.providers)
    .table_valued(
        Column("organisation_id", Uuid),
        Column("name", Text),
        Column("identifiers", JSONB),
        Column("kind", Text),
        name="named",
    )
    .render_derived(with_types=True)
    .lateral()
)
_SUPPLIERS = prepare(
    select(
        _NAMED.c.organisation_id,
        _NAMED.c.name,
        _NAMED.c.identifiers,
        func.array_agg(contracts.c.id).label("contract_ids"),
    )
    .select_from(contracts)
    .join(_NAMED, literal_column("true"))
    .where(
        contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid),
        commissioning(),
        _NAMED.c.name.is_not(None),
        func.coalesce(_NAMED.c.kind, literal_column("''", Text)) != literal_column("'individual'", Text),
    )
    .group_by(_NAMED.c.organisation_id, _NAMED.c.name, _NAMED.c.identifiers)
    .limit(bindparam("most"))
)


async def named(tx: Transaction, partnership_id: UUID) -> list[NamedSupplier]:
    """At most `MOST + 1` suppliers of a partnership. Individuals are left out: their names are not published."""
    rows = await tx.all(_SUPPLIERS, partnership_id=partnership_id, most=MOST + 1, **scope(tx))
    return [
        NamedSupplier(
            row["name"], row["organisation_id"], _numbers(row["identifiers"]), tuple(row["contract_ids"])
        )
        for row in rows
    ]


def _numbers(identifiers: Any) -> frozenset[str]:
    return frozenset(f"{each['scheme']}:{each['id']}" for each in identifiers or ())
