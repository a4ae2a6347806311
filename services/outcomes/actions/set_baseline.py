"""Set the baseline of an indicator, for the partnership or for one contract."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.baseline import Baseline, check_baseline
from services.outcomes.rules.disclosure import baseline_shown
from services.outcomes.rules.keeper import check_keeper
from services.outcomes.store import baselines, indicators
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_baseline(db: Database, caller: Caller, sent: Sent, asked: Baseline) -> Answer:
    """Set the baseline. Its partnership and owner are those of the indicator, whose keeper alone sets it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await indicators.maybe(tx, asked.indicator_id)
        indicator = check_keeper(found, caller.organisations)
        whole = None
        if indicator.part_of_indicator_id is not None:
            whole = await baselines.holding(tx, indicator.part_of_indicator_id, asked.contract_id)
        baseline = replace(
            check_baseline(asked, indicator, whole),
            partnership_id=indicator.partnership_id,
            owner_organisation_id=indicator.owner_organisation_id,
        )
        recorded_at = await baselines.add(tx, baseline, baseline_shown(baseline, indicator))
        baseline = replace(baseline, recorded_at=recorded_at)
        change = Change(
            what="baseline_set",
            thing="baseline",
            thing_id=baseline.id,
            owner_organisation_id=baseline.owner_organisation_id,
            partnership_id=baseline.partnership_id,
            facts={"indicator_id": str(baseline.indicator_id), "period": baseline.period},
        )
        return await finish(tx, sent, change, baseline)
