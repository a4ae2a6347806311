"""Set from which forecast overspend one's own organisation is warned."""

from __future__ import annotations

from services.budget.rules import early_warning as rules
from services.budget.store import warning_thresholds
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_warning_threshold(
    db: Database,
    caller: Caller,
    sent: Sent,
    asked: rules.Threshold,
) -> Answer:
    """Keep it as data with its dates."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        threshold = rules.keep(asked)
        await warning_thresholds.add(tx, threshold)
        change = Change(
            what="warning_threshold_set",
            thing="warning_threshold",
            thing_id=threshold.id,
            owner_organisation_id=threshold.owner_organisation_id,
            partnership_id=threshold.partnership_id,
            facts={"severity": threshold.severity.value},
        )
        return await finish(tx, sent, change, threshold)
