"""Register a benefit that is expected, once."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.benefit import Benefit, check_benefit
from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.store import benefits, indicators
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def register_benefit(db: Database, caller: Caller, sent: Sent, asked: Benefit) -> Answer:
    """Register a benefit that is expected, once."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        indicator = None if asked.indicator_id is None else await indicators.maybe(tx, asked.indicator_id)
        made = check_benefit(asked, indicator)
        made = replace(made, recorded_at=await benefits.add(tx, made))
        change = Change(
            what="benefit_registered",
            thing="benefit",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            partnership_id=made.partnership_id,
            facts={"reference": made.reference, "kind": made.kind.value},
        )
        return await finish(tx, sent, change, made)
