"""Publish a rate benchmark: once, and only if it tells of no single placement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from services.contracts.rules import rate_benchmark as rules
from services.contracts.rules.placement import RateUnit
from services.contracts.store import rate_benchmarks
from shared.audit import Change
from shared.calendar import Period
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


@dataclass(frozen=True, slots=True)
class AskedBenchmark:
    """Which table is asked for. `today` is England's day."""

    partnership_id: UUID
    service: str
    unit: RateUnit
    period: Period
    today: date


async def publish_benchmark(db: Database, caller: Caller, sent: Sent, asked: AskedBenchmark) -> Answer:
    """Publish the table, or give back what was answered when this request published it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        rules.check_period(asked.period, asked.today)
        here = asked.partnership_id
        if not caller.holds(here, "commissioner", "host") or caller.holds(here, "provider"):
            raise rules.NOT_COMMISSIONER("/partnership_id")
        earlier = await rate_benchmarks.find(tx, here, asked.service, asked.unit, asked.period)
        if earlier is not None:
            raise rules.PUBLISHED_ALREADY(benchmark_id=str(earlier.id))
        named = (asked.service, asked.unit)
        published = await rate_benchmarks.publish(tx, uuid4(), here, named, asked.period)
        rules.check_disclosable(None if published is None else published[1])
        assert published is not None
        made = published[0]
        change = Change(
            what="rate_benchmark_published",
            thing="rate_benchmark",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            partnership_id=made.partnership_id,
            facts={"service": made.service, "unit": made.unit.value, "period": made.period},
        )
        return await finish(tx, sent, change, made)
