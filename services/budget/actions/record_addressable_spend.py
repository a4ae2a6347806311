"""Record the spend that a source counts for one scope, as it prints it."""

from __future__ import annotations

from services.budget.rules.spend_record import SpendRecord, work_out
from services.budget.store import assessments
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_addressable_spend(db: Database, caller: Caller, sent: Sent, asked: SpendRecord) -> Answer:
    """Keep the figures with their total, and how far the printed total is from it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        record = work_out(asked)
        await assessments.addressable_spends.add(tx, record.scope, record)
        change = Change(
            what="addressable_spend_recorded",
            thing="addressable_spend",
            thing_id=record.id,
            owner_organisation_id=record.owner_organisation_id,
            partnership_id=record.partnership_id,
        )
        return await finish(tx, sent, change, record)
