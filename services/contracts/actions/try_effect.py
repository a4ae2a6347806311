"""Try whether a variation could take effect, and say what the contract would be. Nothing is written."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.actions.effect_variation import Asked, Effect, taken
from services.contracts.store import contracts, first_awards, variations
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND


async def try_effect(
    db: Database, caller: Caller, variation_id: UUID, expected_version: int, today: date
) -> Effect:
    """What would take effect. Refuses as the effect itself would; nothing is written."""
    async with db.begin(caller, snapshot=True) as tx:
        contract_id = (await variations.get(tx, variation_id)).contract_id
        contract, _ = await contracts.get(tx, contract_id)
        found = await variations.of_contract(tx, contract_id)
        kept = await first_awards.of(tx, contract)
    if contract.owner_organisation_id not in caller.organisations:
        raise NOT_FOUND()
    return taken(caller, contract, (found, kept), Asked(variation_id, expected_version), today)
