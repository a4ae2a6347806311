"""Bring an awarded contract into force."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.rules import move as rules
from services.contracts.rules.step import Move, Step
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def activate_contract(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, active_from: date
) -> Answer:
    """Activate the contract, once its dates, parties, funding and outcomes are complete."""
    asked = Asked(
        "contract_activated",
        Step(Move.ACTIVATION, on=active_from),
        lambda contract, _: rules.activate(contract, active_from),
    )
    return await move_contract(db, caller, sent, contract_id, expected_version, asked)
