"""Try whether a contract could come into force, and say what others must know of it. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.contracts.actions.try_move import try_move
from services.contracts.rules import move as rules
from services.contracts.rules.activation import Readiness, require_partnership
from services.contracts.store import activations
from shared.caller import Caller
from shared.db import Database


async def try_activation(
    db: Database, caller: Caller, contract_id: UUID, expected_version: int, active_from: date
) -> Readiness:
    """Refuses as the activation would. With since when the contract asks for what its partners are to approve."""
    found = await try_move(
        db, caller, contract_id, expected_version, lambda contract: rules.activate(contract, active_from)
    )
    require_partnership(found)
    async with db.begin(caller, single=True) as tx:
        return replace(found, priced_at=await activations.priced_at(tx, contract_id))
