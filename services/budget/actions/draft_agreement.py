"""Draft an agreement between partners."""

from __future__ import annotations

from services.budget.rules import agreement as rules
from services.budget.store import agreements
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def draft_agreement(db: Database, caller: Caller, sent: Sent, asked: rules.Agreement) -> Answer:
    """Keep a new draft. What it still lacks is listed in it; what contradicts itself is refused."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        agreement = rules.draft(asked)
        await agreements.add(tx, agreement)
        return await finish(tx, sent, agreements.told("agreement_drafted", agreement), agreement)
