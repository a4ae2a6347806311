"""Post a journal: once, balanced, and into the books at one instant."""

from __future__ import annotations

from services.budget.rules.journal import Draft
from services.budget.store import postings
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def post_journal(db: Database, caller: Caller, sent: Sent, draft: Draft) -> Answer:
    """Post the draft, or give back what was answered when it was posted before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        journal, along = await postings.enter_last(tx, draft)
        return await finish(tx, sent, postings.told(journal, "its_door"), journal, along=along)
