"""What a succession asks of the register: the contracts of predecessors, and how far references have counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, any_, bindparam, cast, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.state import State
from services.contracts.store.import_tables import register_entries
from services.contracts.store.tables import contract_parties, contracts
from services.contracts.store.visibility import inside, scope
from shared.db import Transaction, prepare

_BODIES = bindparam("bodies", type_=ARRAY(Uuid))
_OF = prepare(
    select(contracts.c.id)
    .where(
        contracts.c.id.in_(
            select(contract_parties.c.contract_id).where(contract_parties.c.organisation_id == any_(_BODIES))
        ),
        inside(),
        contracts.c.runs_until >= bindparam("since", type_=Date),
        cast(contracts.c.state, Text).not_in(
            [
                literal_column(f"'{each.value}'")
                for each in (State.ABANDONED, State.NOVATED, State.CONSOLIDATED)
            ]
        ),
    )
    .order_by(contracts.c.id)
)
_LAST = prepare(
    select(
        contracts.c.owner_organisation_id,
        contracts.c.reference_key,
        func.max(contracts.c.occurrence).label("last"),
    )
    .where(contracts.c.owner_organisation_id == any_(bindparam("owner_ids", type_=ARRAY(Uuid))))
    .group_by(contracts.c.owner_organisation_id, contracts.c.reference_key)
)
_ENTRIES = prepare(
    update(register_entries)
    .where(
        register_entries.c.contract_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        contracts.c.id == register_entries.c.contract_id,
    )
    .values(owner_organisation_id=contracts.c.owner_organisation_id)
)


async def contracts_of(tx: Transaction, bodies: Sequence[UUID], since: date) -> list[UUID]:
    """The contracts in which these bodies stand and that run on a day or later, in id order."""
    rows = await tx.all(_OF, bodies=list(bodies), since=since, **scope(tx))
    return [row["id"] for row in rows]


async def last_occurrences(tx: Transaction, owner_ids: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """How far each of these owners has counted under each of its references."""
    rows = await tx.all(_LAST, owner_ids=list(owner_ids))
    return {(row["owner_organisation_id"], row["reference_key"]): row["last"] for row in rows}


async def move_entries(tx: Transaction, ids: Sequence[UUID]) -> None:
    """What imports said of these contracts goes to their owner, so that its next register finds them."""
    await tx.do(_ENTRIES, ids=list(ids))
