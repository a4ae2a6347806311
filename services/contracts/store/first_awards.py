"""What records that go on as others were first awarded as: kept with them, read by who leads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import msgspec
from sqlalchemy import Uuid, any_, bindparam, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.contract import Contract
from services.contracts.rules.first_award import FirstAward
from services.contracts.store.first_award_tables import contract_first_awards as awards
from shared.db import Transaction, prepare

_OF = prepare(
    select(awards.c.value_pence, awards.c.changed_pence, awards.c.starts_on, awards.c.last_day).where(
        awards.c.contract_id == bindparam("contract_id", type_=Uuid),
        awards.c.owner_organisation_id == any_(bindparam("organisations", type_=ARRAY(Uuid))),
    )
)
_ADD = prepare(insert(awards).values({each.name: bindparam(each.name, type_=each.type) for each in awards.c}))


async def of(tx: Transaction, contract: Contract) -> FirstAward | None:
    """What a contract that the caller leads was first awarded as, where it goes on from another and that was kept."""
    if not contract.carried_over:
        return None
    rows = await tx.all(_OF, contract_id=contract.id, organisations=list(tx.caller.organisations))
    return msgspec.convert(dict(rows[0]), FirstAward) if rows else None


async def add_all(tx: Transaction, found: Sequence[tuple[Contract, FirstAward]]) -> None:
    """Keep it of records that have just been added."""
    for contract, award in found:
        await tx.do(
            _ADD,
            contract_id=contract.id,
            owner_organisation_id=contract.owner_organisation_id,
            **asdict(award),
        )
