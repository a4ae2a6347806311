"""Approve a settlement for one's own organisation."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import settlement as rules
from services.budget.rules.settlement_claim import require_untaken
from services.budget.store import settlements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def approve_settlement(
    db: Database, caller: Caller, sent: Sent, settlement_id: UUID, expected_version: int
) -> Answer:
    """Keep the approval. It is never that of the client or the person who proposed."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        settlement, maker = await settlements.lock(tx, settlement_id)
        check_version(settlement.version, expected_version)
        approver = rules.Maker(caller.client_id, caller.person)
        approved = rules.approve(settlement, caller.organisation_id, maker, approver)
        if approved.state is rules.SettlementState.APPROVED:
            require_untaken(approved, await settlements.approved_in_turn(tx, approved))
        await settlements.add_approval(tx, approved, approver)
        await settlements.save(tx, approved)
        approved = await settlements.get(tx, settlement_id)  # with the instant of the approval
        return await finish(tx, sent, settlements.told("settlement_approved", approved), approved, status=200)
