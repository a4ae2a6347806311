"""Withdraw a settlement that is not, or no longer, in the books."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import settlement as rules
from services.budget.store import settlements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def withdraw_settlement(
    db: Database, caller: Caller, sent: Sent, settlement_id: UUID, expected_version: int, because: str
) -> Answer:
    """Any party may. Another settlement of that year can be proposed then."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        settlement, _ = await settlements.lock(tx, settlement_id)
        check_version(settlement.version, expected_version)
        standing = await settlements.standing_journals(tx, settlement.id)
        withdrawn = rules.withdraw(settlement, caller.organisation_id, because, standing)
        await settlements.save(tx, withdrawn)
        return await finish(
            tx, sent, settlements.told("settlement_withdrawn", withdrawn), withdrawn, status=200
        )
