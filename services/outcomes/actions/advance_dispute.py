"""Take a dispute about a return to its next stage, or give the present one a new last day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.outcomes.rules.dispute import (
    DisputeStage,
    DisputeStep,
    check_mover,
    check_until,
    enter,
)
from services.outcomes.store import disputes, returns, revisions
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def advance_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    which: tuple[UUID, UUID],
    version: int,
    stage: DisputeStage,
    until: date,
    note: str | None,
) -> Answer:
    """Enter a stage until a day. `which` are the return and the dispute."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await returns.get(tx, which[0])
        seen = await disputes.get(tx, *which)
        check_mover(seen, found.lead_organisation_id, caller.organisations, None)
        dispute = await disputes.lock(tx, *which)
        check_version(dispute.version, version)
        now, today = await clock(tx)
        check_until(until, today)
        step = DisputeStep(stage, until, note, now, caller.organisation_id, caller.client_id)
        await disputes.save(tx, found, enter(dispute, stage, step), entered=True)
        changed = await disputes.get(tx, *which)
        change = Change(
            what="return_dispute_advanced",
            thing="return",
            thing_id=found.id,
            owner_organisation_id=found.owner_organisation_id,
            partnership_id=found.partnership_id,
            readers=tuple(revisions.parties(found)),
            facts={"dispute_id": str(dispute.id), "stage": stage.value},
        )
        return await finish(tx, sent, change, changed, status=200)
