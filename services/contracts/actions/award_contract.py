"""Award a contract that was planned or procured."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.rules import move as rules
from services.contracts.rules.step import Move, Step
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def award_contract(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, decision: rules.Award
) -> Answer:
    """Record the award. Its providers can see the contract from now on."""
    asked = Asked(
        "contract_awarded",
        Step(Move.AWARD, on=decision.awarded_on),
        lambda contract, _: rules.award(contract, decision),
    )
    return await move_contract(db, caller, sent, contract_id, expected_version, asked)
