"""Bring an awarded contract into force."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.actions.amend_contract import change
from services.contracts.rules import move as rules
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def activate_contract(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, active_from: date
) -> Answer:
    """Activate the contract, once its dates, parties, funding and outcomes are complete."""
    return await change(
        db,
        caller,
        sent,
        contract_id,
        expected_version,
        "contract_activated",
        lambda contract: rules.activate(contract, active_from),
    )
