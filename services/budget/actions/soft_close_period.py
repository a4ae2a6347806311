"""Soft-close a period: from now on only the keeper of the books posts into it."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import period as rules
from services.budget.store import periods
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def soft_close_period(
    db: Database, caller: Caller, sent: Sent, period_id: UUID, expected_version: int
) -> Answer:
    """Waits for the postings to these books that are open, and takes effect for all that follow."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        period = await periods.lock(tx, period_id)
        check_version(period.version, expected_version)
        moved = rules.soft_close(period, caller.client_id)
        await periods.save(tx, moved)
        return await finish(tx, sent, await periods.told(tx, "period_soft_closed", moved), moved, status=200)
