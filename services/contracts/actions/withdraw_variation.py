"""Withdraw a variation that has not taken effect."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.propose_variation import varied
from services.contracts.rules import variation_move as rules
from services.contracts.store import contracts, variations
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def withdraw_variation(
    db: Database, caller: Caller, sent: Sent, variation_id: UUID, expected_version: int
) -> Answer:
    """Take back a proposal, or what was agreed and does not hold yet. For the lead commissioner."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await variations.get(tx, variation_id)
        contract = await contracts.lock(tx, before.contract_id)
        await variations.lock(tx, variation_id)
        before = await variations.get(tx, variation_id)
        check_version(before.version, expected_version)
        after = await variations.move(tx, rules.withdraw(before))
        return await finish(tx, sent, varied("variation_withdrawn", contract, after), after, status=200)
