"""Record what part of a wider spend belongs to a place, with the chain that it rests on."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules.attribution_record import AttributionRecord, work_out
from services.budget.store import assessments
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_attribution(db: Database, caller: Caller, sent: Sent, asked: AttributionRecord) -> Answer:
    """Work it out as at its day, and keep it as it came out."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        result, steps = work_out(asked.amount, asked.chain, asked.as_at)
        record = replace(asked, result=result, steps_pence=steps)
        await assessments.attributions.add(tx, record.name, record)
        change = Change(
            what="attribution_recorded",
            thing="attribution",
            thing_id=record.id,
            owner_organisation_id=record.owner_organisation_id,
            partnership_id=record.partnership_id,
        )
        return await finish(tx, sent, change, record)
