"""Record an indicator with its places in frameworks."""

from __future__ import annotations

from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.indicator_definition import check_indicator
from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.store import frameworks, indicators
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_indicator(db: Database, caller: Caller, sent: Sent, asked: Indicator) -> Answer:
    """Record the indicator. Its frameworks, and the whole that it is a part of, are of the same partnership."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        partnership = asked.partnership_id
        check_commissioner(partnership, caller.partnerships("commissioner", "host"))
        known = await frameworks.known(tx, partnership, [each.framework_id for each in asked.frameworks])
        above = [asked.part_of_indicator_id, asked.breakdown_of_indicator_id]
        whole = await indicators.of_ids(tx, filter(None, above))
        here = {key: each for key, each in whole.items() if each.partnership_id == partnership}
        indicator = check_indicator(asked, known, here)
        indicator = await indicators.add(tx, indicator)
        change = Change(
            what="indicator_created",
            thing="indicator",
            thing_id=indicator.id,
            owner_organisation_id=indicator.owner_organisation_id,
            partnership_id=partnership,
            facts={"code": indicator.code, "polarity": indicator.polarity.value},
        )
        return await finish(tx, sent, change, indicator)
