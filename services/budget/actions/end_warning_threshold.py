"""End a threshold of early warning."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import early_warning as rules
from services.budget.store import warning_thresholds
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def end_warning_threshold(
    db: Database,
    caller: Caller,
    sent: Sent,
    threshold_id: UUID,
    expected_version: int,
    last_day: date,
) -> Answer:
    """Give it its last day. Warnings raised under it stay."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        held = await warning_thresholds.lock(tx, threshold_id)
        threshold = held or await warning_thresholds.get(tx, threshold_id)
        ended = rules.end(threshold, last_day, caller.organisation_id)
        check_version(threshold.version, expected_version)
        await warning_thresholds.end(tx, ended)
        change = Change(
            what="warning_threshold_ended",
            thing="warning_threshold",
            thing_id=ended.id,
            owner_organisation_id=ended.owner_organisation_id,
            partnership_id=ended.partnership_id,
            facts={"in_force_to": last_day.isoformat()},
        )
        return await finish(tx, sent, change, ended, status=200)
