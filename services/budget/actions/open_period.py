"""Put a period of the books on record, so that it can be closed."""

from __future__ import annotations

from services.budget.rules.period import NOT_POOL_MANAGER, NOT_YOUR_BOOKS, Books, Period
from services.budget.store import periods
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def open_period(db: Database, caller: Caller, sent: Sent, period: Period) -> Answer:
    """Open it, as the host for pooled books, or for one's own aligned books."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, period.partnership_id)
        if period.owner_organisation_id not in caller.organisations:
            raise NOT_YOUR_BOOKS("/owner_organisation_id")
        if period.books is Books.POOLED and not caller.holds(period.partnership_id, "host"):
            raise NOT_POOL_MANAGER("/books")
        await periods.add(tx, period)
        return await finish(tx, sent, await periods.told(tx, "period_opened", period), period)
