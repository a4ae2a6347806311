"""Record how a dispute about a settlement ended."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import settlement_dispute as rules
from services.budget.rules.settlement import SettlementDisputeOutcome
from services.budget.store import settlements
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Sent, check_version, find, finish


async def resolve_settlement_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    settlement_id: UUID,
    dispute_id: UUID,
    expected_version: int,
    outcome: SettlementDisputeOutcome,
    explanation: str,
) -> Answer:
    """Its steps stand and can be posted, or fall away. The partner that raised it says so."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        settlement, _ = await settlements.lock(tx, settlement_id)
        if dispute_id not in {each.id for each in settlement.disputes}:
            raise NOT_FOUND()
        check_version(settlement.version, expected_version)
        resolved = rules.resolve(settlement, dispute_id, caller.organisation_id, outcome, explanation)
        await settlements.end_dispute(tx, next(each for each in resolved.disputes if each.id == dispute_id))
        await settlements.save(tx, resolved)
        return await finish(
            tx, sent, settlements.told("settlement_dispute_resolved", resolved), resolved, status=200
        )
