"""Record a comparator series of an indicator with the figures that there are so far."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.comparator import Comparator, check_comparator
from services.outcomes.rules.keeper import check_keeper
from services.outcomes.store import comparators, indicators
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_comparator(db: Database, caller: Caller, sent: Sent, asked: Comparator) -> Answer:
    """Record the series. Its partnership and owner are those of the indicator, whose keeper alone records it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await indicators.maybe(tx, asked.indicator_id)
        indicator = check_keeper(found, caller.organisations)
        comparator = replace(
            check_comparator(asked, indicator),
            partnership_id=indicator.partnership_id,
            owner_organisation_id=indicator.owner_organisation_id,
            values=tuple(sorted(asked.values, key=lambda each: each.period)),
        )
        comparator = replace(comparator, recorded_at=await comparators.add(tx, comparator))
        change = Change(
            what="comparator_created",
            thing="comparator",
            thing_id=comparator.id,
            owner_organisation_id=comparator.owner_organisation_id,
            partnership_id=comparator.partnership_id,
            facts={"indicator_id": str(comparator.indicator_id), "kind": comparator.kind.value},
        )
        return await finish(tx, sent, change, comparator)
