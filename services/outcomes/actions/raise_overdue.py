"""Raise triggers for returns that are overdue under the contracts that one organisation leads."""

from __future__ import annotations

from datetime import date

from services.outcomes.store import alerts
from shared.caller import Caller
from shared.db import Database


async def raise_overdue(db: Database, caller: Caller, as_at: date) -> int:
    """Raise them as at a day; how many were new. The same day again raises nothing."""
    async with db.begin(caller, write=True) as tx:
        return len(await alerts.overdue(tx, as_at))
