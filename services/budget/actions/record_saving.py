"""Record a line of savings."""

from __future__ import annotations

from services.budget.rules import saving_line as rules
from services.budget.rules.saving_terms import check
from services.budget.store import savings
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_saving(db: Database, caller: Caller, sent: Sent, asked: rules.Saving) -> Answer:
    """Keep it as planned, for one's own organisation."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        check(asked.terms)
        await savings.add(tx, asked)
        return await finish(tx, sent, savings.told("saving_recorded", asked), rules.view(asked))
