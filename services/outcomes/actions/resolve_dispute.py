"""Resolve a dispute about a return, with how it ended."""

from __future__ import annotations

from uuid import UUID

from services.outcomes.rules.dispute import DisputeOutcome, check_mover, settle
from services.outcomes.store import disputes, returns, revisions
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def resolve_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    which: tuple[UUID, UUID],
    version: int,
    outcome: DisputeOutcome,
    note: str,
) -> Answer:
    """Resolve the dispute. Where it is upheld the lead reopens the return, with its reasons. `which`: return, dispute."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await returns.get(tx, which[0])
        seen = await disputes.get(tx, *which)
        check_mover(seen, found.lead_organisation_id, caller.organisations, outcome)
        dispute = await disputes.lock(tx, *which)
        check_version(dispute.version, version)
        now, _ = await clock(tx)
        await disputes.save(tx, found, settle(dispute, outcome, note, now), entered=False)
        changed = await disputes.get(tx, *which)
        change = Change(
            what="return_dispute_resolved",
            thing="return",
            thing_id=found.id,
            owner_organisation_id=found.owner_organisation_id,
            partnership_id=found.partnership_id,
            readers=tuple(revisions.parties(found)),
            facts={"dispute_id": str(dispute.id), "outcome": outcome.value},
        )
        return await finish(tx, sent, change, changed, status=200)
