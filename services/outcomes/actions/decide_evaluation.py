"""Sign an evaluation off, or refer it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.outcomes.rules.evaluation import EvaluationState, decide
from services.outcomes.store import evaluations
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def decide_evaluation(
    db: Database,
    caller: Caller,
    sent: Sent,
    evaluation_id: UUID,
    version: int,
    decision: tuple[EvaluationState, date, str],
) -> Answer:
    """Keep what the board decided. Only the body that oversees the evaluation does, and once."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await evaluations.get(tx, evaluation_id)
        check_version(found.version, version)
        _, today = await clock(tx)
        by = (caller.organisation_id, caller.client_id)
        decide(found, decision, by, caller.organisations, today)
        decided = decide(await evaluations.lock(tx, evaluation_id), decision, by, caller.organisations, today)
        decided = replace(decided, updated_at=await evaluations.save(tx, decided))
        change = Change(
            what="evaluation_decided",
            thing="evaluation",
            thing_id=decided.id,
            owner_organisation_id=decided.owner_organisation_id,
            partnership_id=decided.partnership_id,
            facts={"state": decided.state.value},
        )
        return await finish(tx, sent, change, decided, status=200)
