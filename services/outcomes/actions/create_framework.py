"""Record an edition of a framework."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.framework import Framework, check_framework
from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.store import frameworks
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_framework(db: Database, caller: Caller, sent: Sent, asked: Framework) -> Answer:
    """Record the framework, or give back what was answered when it was recorded before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        framework = check_framework(asked)
        framework = replace(framework, recorded_at=await frameworks.add(tx, framework))
        change = Change(
            what="framework_created",
            thing="framework",
            thing_id=framework.id,
            owner_organisation_id=framework.owner_organisation_id,
            partnership_id=framework.partnership_id,
            facts={"name": framework.name, "edition": framework.edition},
        )
        return await finish(tx, sent, change, framework)
