"""Try whether a part of a contract could end, and say what the contract would be. Nothing is written."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.actions.try_move import tried
from services.contracts.rules import life
from services.contracts.rules.contract import Contract
from shared.caller import Caller
from shared.db import Database
from shared.money import Money


async def try_part_termination(
    db: Database, caller: Caller, contract_id: UUID, expected_version: int, on: date, value: Money | None
) -> tuple[Contract, Contract]:
    """The contract before and after. Refuses as the move itself would; nothing is written."""
    return await tried(
        db, caller, contract_id, expected_version, lambda contract: life.part_terminate(contract, on, value)
    )
