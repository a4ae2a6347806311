"""Record an edition of an area hierarchy."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.area import AreaHierarchy, check_hierarchy
from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.store import area_hierarchies
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_area_hierarchy(db: Database, caller: Caller, sent: Sent, asked: AreaHierarchy) -> Answer:
    """Record the hierarchy whole; a later edition is another."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        hierarchy = check_hierarchy(asked)
        hierarchy = replace(hierarchy, recorded_at=await area_hierarchies.add(tx, hierarchy))
        change = Change(
            what="area_hierarchy_created",
            thing="area_hierarchy",
            thing_id=hierarchy.id,
            owner_organisation_id=hierarchy.owner_organisation_id,
            partnership_id=hierarchy.partnership_id,
            facts={"edition": hierarchy.edition, "areas": len(hierarchy.areas)},
        )
        return await finish(tx, sent, change, hierarchy)
