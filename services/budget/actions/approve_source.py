"""Approve the use of a funding source by the decision of a body."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import funding_plan as rules
from services.budget.store import decisions, waterfalls
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, check_version, find, finish


async def approve_source(
    db: Database,
    caller: Caller,
    sent: Sent,
    waterfall_id: UUID,
    expected_version: int,
    source: str,
    decision_id: UUID,
) -> Answer:
    """The decision is the owner's own, on this waterfall, and counts today: call-in over and conditions met."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        planned = await waterfalls.lock(tx, waterfall_id)
        check_version(planned.version, expected_version)
        try:
            decision = await decisions.get(tx, decision_id)
        except Refusal as refusal:
            if refusal.reason is not NOT_FOUND:
                raise
            raise rules.DECISION_UNKNOWN("/decision_id") from None
        approved = rules.approve(planned, caller.organisation_id, source, decision, await today(tx))
        await waterfalls.save(tx, approved)
        change = waterfalls.told("waterfall_source_approved", approved)
        return await finish(tx, sent, change, rules.draw(approved), status=200)
