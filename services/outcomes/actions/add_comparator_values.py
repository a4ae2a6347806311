"""Add figures to a comparator series; of a period that has one, as a correction beside it."""

from __future__ import annotations

from uuid import UUID

from services.outcomes.rules.comparator import ComparatorValue, check_series
from services.outcomes.rules.keeper import check_keeper
from services.outcomes.store import comparators, indicators
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def add_comparator_values(
    db: Database, caller: Caller, sent: Sent, comparator_id: UUID, values: tuple[ComparatorValue, ...]
) -> Answer:
    """Add the figures and answer with the series as it then is."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        series = await comparators.get(tx, comparator_id)
        indicator = check_keeper(await indicators.maybe(tx, series.indicator_id), caller.organisations)
        check_series(values, indicator)
        await comparators.add_values(tx, series, values)
        series = await comparators.get(tx, comparator_id)
        change = Change(
            what="comparator_values_added",
            thing="comparator",
            thing_id=series.id,
            owner_organisation_id=series.owner_organisation_id,
            partnership_id=series.partnership_id,
            facts={"periods": [each.period for each in values]},
        )
        return await finish(tx, sent, change, series)
