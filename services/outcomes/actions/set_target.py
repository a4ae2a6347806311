"""Set a target of an indicator, for the partnership or for one contract."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules import target as rules
from services.outcomes.rules.keeper import check_keeper
from services.outcomes.store import baselines, comparators, indicators, targets
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_target(
    db: Database, caller: Caller, sent: Sent, asked: rules.Target, kind_stated: bool
) -> Answer:
    """Set the target as the rules settle it. `kind_stated` is False where only a bare change was given."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await indicators.maybe(tx, asked.indicator_id)
        indicator = check_keeper(found, caller.organisations)
        baseline = await baselines.holding(tx, indicator.id, asked.contract_id)
        comparator = await comparators.maybe(tx, asked.comparator_id)
        start = None if baseline is None else baseline.measure
        target = replace(
            rules.set_target(asked, kind_stated, indicator, start, comparator),
            partnership_id=indicator.partnership_id,
            owner_organisation_id=indicator.owner_organisation_id,
        )
        target = replace(target, recorded_at=await targets.add(tx, target))
        change = Change(
            what="target_set",
            thing="target",
            thing_id=target.id,
            owner_organisation_id=target.owner_organisation_id,
            partnership_id=target.partnership_id,
            facts={"indicator_id": str(target.indicator_id), "kind": target.kind.value},
        )
        return await finish(tx, sent, change, target)
