"""Record a need and the indicators that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.rules.need import Need, check_need
from services.outcomes.store import indicators, needs
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_need(
    db: Database, caller: Caller, sent: Sent, asked: Need, indicator_ids: Sequence[UUID]
) -> Answer:
    """Record the need; its indicators are of the same partnership."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        found = await indicators.of_ids(tx, indicator_ids)
        here = {key for key, each in found.items() if each.partnership_id == asked.partnership_id}
        need = await needs.add(tx, check_need(asked, indicator_ids, here), indicator_ids)
        change = Change(
            what="need_recorded",
            thing="need",
            thing_id=need.id,
            owner_organisation_id=need.owner_organisation_id,
            partnership_id=need.partnership_id,
            facts={"reference": need.reference, "indicators": len(need.indicators)},
        )
        return await finish(tx, sent, change, need)
