"""Submit an evaluation to the body that oversees it."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.evaluation import Evaluation, check_evaluation
from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.store import evaluations, frameworks
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def submit_evaluation(db: Database, caller: Caller, sent: Sent, asked: Evaluation) -> Answer:
    """Submit an evaluation to the body that oversees it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        asked_for = [] if asked.framework_id is None else [asked.framework_id]
        known = await frameworks.known(tx, asked.partnership_id, asked_for)
        _, today = await clock(tx)
        made = check_evaluation(asked, known, today)
        recorded_at, updated_at = await evaluations.add(tx, made)
        made = replace(made, recorded_at=recorded_at, updated_at=updated_at)
        change = Change(
            what="evaluation_submitted",
            thing="evaluation",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            partnership_id=made.partnership_id,
            facts={"as_at": made.as_at.isoformat(), "body": made.body_name},
        )
        return await finish(tx, sent, change, made)
