"""Rate benchmarks: published by the database's own function, read by who may see aggregates of the partnership."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Date, Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.placement import RateUnit
from services.contracts.rules.rate_benchmark import BenchmarkBasis, RateBenchmark
from services.contracts.store.benchmark_tables import rate_benchmarks
from services.contracts.store.placement_tables import PLACEMENT_UNIT
from shared.calendar import Period
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.text import fold_key

_SEEN = select(rate_benchmarks).where(
    rate_benchmarks.c.partnership_id == any_(bindparam("told", type_=ARRAY(Uuid)))
)
_GET = prepare(_SEEN.where(rate_benchmarks.c.id == bindparam("id", type_=Uuid)))
_SERVICE = rate_benchmarks.c.service_key == bindparam("service", type_=Text)
_UNIT = rate_benchmarks.c.unit == bindparam("unit", type_=PLACEMENT_UNIT)
_FIND = prepare(
    _SEEN.where(
        rate_benchmarks.c.partnership_id == bindparam("partnership_id", type_=Uuid),
        _SERVICE,
        _UNIT,
        rate_benchmarks.c.period == bindparam("period", type_=Text),
    )
)
_PUBLISH = prepare(
    select(
        func.publish_rate_benchmark(
            bindparam("id", type_=Uuid),
            bindparam("partnership_id", type_=Uuid),
            bindparam("service", type_=Text),
            bindparam("service_key", type_=Text),
            bindparam("unit", type_=PLACEMENT_UNIT),
            bindparam("period", type_=Text),
            bindparam("first_day", type_=Date),
            bindparam("last_day", type_=Date),
        ).label("published")
    )
)
_FILTERS: Mapping[str, Any] = {
    "partnership_id": lambda: rate_benchmarks.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "service": lambda: _SERVICE,
    "unit": lambda: _UNIT,
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = _SEEN.where(*(_FILTERS[name]() for name in sorted(filters)))
    return Pages(
        asked, rate_benchmarks.c.recorded_at, rate_benchmarks.c.id, updated=rate_benchmarks.c.recorded_at
    )


def _told(tx: Transaction) -> dict[str, Any]:
    """The partnerships of which the caller is told aggregates: never one in which it provides."""
    caller = tx.caller
    told = {
        *caller.partnerships("commissioner", "host", "observer"),
        *(each.partnership_id for each in caller.audits),
    }
    return {"told": sorted(told - {*caller.partnerships("provider")})}


async def publish(
    tx: Transaction, benchmark_id: UUID, partnership_id: UUID, named: tuple[str, RateUnit], period: Period
) -> tuple[RateBenchmark, BenchmarkBasis] | None:
    """Publish a table, or None where the database holds that it would tell too much. `named`: service and unit."""
    service, unit = named
    row = await tx.one(
        _PUBLISH,
        id=benchmark_id,
        partnership_id=partnership_id,
        service=service,
        service_key=fold_key(service),
        unit=unit.value,
        period=period.id,
        first_day=period.first_day,
        last_day=period.last_day,
    )
    if not row["published"]:
        return None
    made = dict((await tx.one(_GET, id=benchmark_id, **_told(tx))).items())
    return _of(made), msgspec.convert(made, BenchmarkBasis)


async def find(
    tx: Transaction, partnership_id: UUID, service: str, unit: RateUnit, period: Period
) -> RateBenchmark | None:
    """The table that was published for this service, unit and period."""
    asked = {"service": fold_key(service), "unit": unit.value, "period": period.id}
    row = await tx.maybe(_FIND, partnership_id=partnership_id, **asked, **_told(tx))
    return None if row is None else _of(row)


async def get(tx: Transaction, benchmark_id: UUID) -> RateBenchmark:
    return _of(await tx.one(_GET, id=benchmark_id, **_told(tx)))


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[RateBenchmark]:
    """At most `limit + 1` tables in the order in which they were published."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **_told(tx))
    return [_of(row) for row in rows]


def _of(row: Mapping[str, Any]) -> RateBenchmark:
    return msgspec.convert(dict(row.items()), RateBenchmark)
