"""Reopen a closed period, by another client than the one that closed it, for a stated reason."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import period as rules
from services.budget.store import periods, year_ends
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def reopen_period(
    db: Database, caller: Caller, sent: Sent, period_id: UUID, expected_version: int, because: str
) -> Answer:
    """Its seals stay; when it is closed again there is one more."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        period = await periods.lock(tx, period_id)
        check_version(period.version, expected_version)
        carried = await year_ends.is_carried(tx, period)
        reopened = rules.reopen(period, caller.client_id, because, carried)
        await periods.save(tx, reopened)
        change = await periods.told(tx, "period_reopened", reopened, because=because)
        return await finish(tx, sent, change, reopened, status=200)
