"""Award a contract that was planned or procured."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.amend_contract import change
from services.contracts.rules import move as rules
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def award_contract(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, decision: rules.Award
) -> Answer:
    """Record the award. Its providers can see the contract from now on."""
    return await change(
        db,
        caller,
        sent,
        contract_id,
        expected_version,
        "contract_awarded",
        lambda contract: rules.award(contract, decision),
    )
