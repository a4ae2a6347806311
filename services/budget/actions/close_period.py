"""Close a period, and seal what it holds."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import period as rules
from services.budget.store import periods, seals
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def close_period(
    db: Database, caller: Caller, sent: Sent, period_id: UUID, expected_version: int
) -> Answer:
    """Waits for the postings to these books that are open, so that the seal holds them; none follows."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        period = await periods.lock(tx, period_id)
        check_version(period.version, expected_version)
        closed = rules.close(period, caller.client_id, await today(tx))
        await periods.save(tx, closed)
        seal = await seals.make(tx, closed)
        change = await periods.told(tx, "period_closed", closed, seal_number=seal.number, seal_root=seal.root)
        return await finish(tx, sent, change, closed, status=200)
