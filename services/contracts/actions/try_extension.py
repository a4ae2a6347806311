"""Try whether a contract could be extended, and say what it would be. Nothing is written."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.try_move import tried
from services.contracts.rules import extension as rules
from services.contracts.rules.contract import Contract
from shared.caller import Caller
from shared.db import Database


async def try_extension(
    db: Database, caller: Caller, contract_id: UUID, expected_version: int, decision: rules.Extension
) -> tuple[Contract, Contract]:
    """The contract before and after. Refuses as the extension itself would; nothing is written."""
    return await tried(
        db, caller, contract_id, expected_version, lambda contract: rules.extend(contract, decision)
    )
