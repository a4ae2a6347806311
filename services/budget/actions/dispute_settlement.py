"""Contest some steps of a settlement; the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.budget.rules import settlement_dispute as rules
from services.budget.store import settlements
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def dispute_settlement(
    db: Database,
    caller: Caller,
    sent: Sent,
    settlement_id: UUID,
    expected_version: int,
    dispute_id: UUID,
    steps: Sequence[int],
    grounds: str,
) -> Answer:
    """Keep the dispute with the day by which it is to be answered."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        settlement, _ = await settlements.lock(tx, settlement_id)
        check_version(settlement.version, expected_version)
        day = await today(tx)
        disputed = rules.dispute(settlement, caller.organisation_id, dispute_id, steps, grounds, day)
        await settlements.add_dispute(tx, disputed, disputed.disputes[-1])
        await settlements.save(tx, disputed)
        return await finish(tx, sent, settlements.told("settlement_disputed", disputed), disputed)
