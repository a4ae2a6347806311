"""Record an appraisal or an audit of printed figures."""

from __future__ import annotations

from services.budget.rules import appraisal_record as rules
from services.budget.store import appraisals
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_appraisal(db: Database, caller: Caller, sent: Sent, asked: rules.Appraisal) -> Answer:
    """Keep what was given, and answer what comes of it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        examined = rules.examine(asked)
        await appraisals.add(tx, asked)
        change = Change(
            what="appraisal_recorded",
            thing="appraisal",
            thing_id=asked.id,
            owner_organisation_id=asked.owner_organisation_id,
            partnership_id=asked.partnership_id,
        )
        return await finish(tx, sent, change, examined)
