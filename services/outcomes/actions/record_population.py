"""Record a population: a denominator with its vintage, counted or projected."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.rules.population import Population, check_population, check_share
from services.outcomes.store import populations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_population(db: Database, caller: Caller, sent: Sent, asked: Population) -> Answer:
    """Record the population, its count worked out where it is a projection."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        counted = check_population(asked, await populations.maybe(tx, asked.projected_from_id))
        population = check_share(counted, await populations.maybe(tx, asked.share_of_id))
        population = replace(population, recorded_at=await populations.add(tx, population))
        change = Change(
            what="population_recorded",
            thing="population",
            thing_id=population.id,
            owner_organisation_id=population.owner_organisation_id,
            partnership_id=population.partnership_id,
            facts={"area_code": population.area_code, "vintage": population.vintage},
        )
        return await finish(tx, sent, change, population)
