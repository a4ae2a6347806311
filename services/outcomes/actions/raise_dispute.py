"""Raise a dispute about figures of an accepted return; an associate's is its objection."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from services.outcomes.rules.associate_decision import NOTHING_TO_DECIDE, Decision, deciding
from services.outcomes.rules.dispute import Dispute, DisputeStage, DisputeStep, check_until, disputed
from services.outcomes.rules.kpi_return import FieldReason, ReturnState
from services.outcomes.store import associate_decisions, disputes, returns, revisions
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def raise_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    return_id: UUID,
    version: int,
    points: tuple[FieldReason, ...],
    until: date,
) -> Answer:
    """Raise the dispute at its first stage, which runs until a day. What nobody disputes goes on holding."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await returns.get(tx, return_id)
        check_version(found.version, version)
        if found.state not in {ReturnState.ACCEPTED, ReturnState.LOCKED} or found.accepted_revision is None:
            raise NOTHING_TO_DECIDE(state=found.state.value)
        now, today = await clock(tx)
        check_until(until, today)
        hit, rest = disputed(found, points)
        if found.provider_organisation_id not in caller.organisations:
            standing = await associate_decisions.standing(tx, found, today)
            for associate in deciding(found, caller.organisations, standing):
                await associate_decisions.add(tx, found, associate, Decision.OBJECTED)
        first = DisputeStage.NEGOTIATION
        step = DisputeStep(first, until, None, now, caller.organisation_id, caller.client_id)
        dispute = Dispute(
            id=uuid4(),
            return_id=found.id,
            revision=found.accepted_revision,
            partnership_id=found.partnership_id,
            raised_by_organisation_id=caller.organisation_id,
            points=points,
            disputed_indicator_ids=hit,
            undisputed_indicator_ids=rest,
            stage=first,
            stage_until=until,
            steps=(step,),
            outcome=None,
            resolution=None,
            raised_at=now,
            resolved_at=None,
            version=1,
        )
        await disputes.add(tx, found, dispute)
        dispute = await disputes.get(tx, found.id, dispute.id)
        change = Change(
            what="return_disputed",
            thing="return",
            thing_id=found.id,
            owner_organisation_id=found.owner_organisation_id,
            partnership_id=found.partnership_id,
            readers=tuple(revisions.parties(found)),
            facts={"dispute_id": str(dispute.id), "revision": dispute.revision, "figures": len(hit)},
        )
        return await finish(tx, sent, change, dispute)
