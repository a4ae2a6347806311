"""Raise a dispute on an agreement or a journal."""

from __future__ import annotations

from services.budget.rules import dispute as rules
from services.budget.store import disputed_records, disputes
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def raise_dispute(db: Database, caller: Caller, sent: Sent, asked: disputed_records.Asked) -> Answer:
    """By a party, on what it can see. Nothing waits for it: periods close, and what is undisputed proceeds."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        behind = await disputed_records.behind(tx, asked.subject, asked.subject_id)
        made = asked.dispute(behind.partnership_id, caller.organisation_id)
        dispute = rules.raise_dispute(made, behind.journal, await today(tx))
        await disputes.add(tx, dispute)
        change = disputes.told("dispute_raised", dispute, behind.parties)
        return await finish(tx, sent, change, dispute)
