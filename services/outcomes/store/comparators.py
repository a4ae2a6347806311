"""Comparator series and their figures by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from services.outcomes.rules.comparator import Comparator, ComparatorValue
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.store.rows import adding, figure, folded, if_given, only, read, values_of, written
from services.outcomes.store.scopes import defined, scope
from services.outcomes.store.tables import comparator_values, comparators
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within
from shared.money import Qualifier

_ADD = adding(comparators)
_V = comparator_values


def with_values(*which: ColumnElement[bool]) -> Select[Any]:
    """Series with their figures, of each period the latest revision, folded into one column."""
    latest = (
        select(_V.c.period, _V.c.value, _V.c.status, _V.c.qualifier)
        .ext(distinct_on(_V.c.period))
        .where(_V.c.comparator_id == comparators.c.id, *which)
        .order_by(_V.c.period, _V.c.revision.desc())
        .correlate(comparators)
        .subquery()
    )
    each = folded(latest.c.period, written(latest.c.value), latest.c.status, latest.c.qualifier)
    values = (
        select(func.jsonb_agg(aggregate_order_by(each, latest.c.period))).scalar_subquery().label("values")
    )
    return select(comparators, values).where(defined(comparators))


_GET = prepare(with_values().where(comparators.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    with_values().where(
        comparators.c.partnership_id == bindparam("partnership", type_=Uuid),
        if_given(comparators.c.indicator_id),
    ),
    comparators.c.recorded_at,
    comparators.c.id,
    # A series is updated by its newest figure.
    func.greatest(
        comparators.c.recorded_at,
        select(func.max(_V.c.recorded_at)).where(_V.c.comparator_id == comparators.c.id).scalar_subquery(),
    ),
)
_FIXED = ("comparator_id", "indicator_id", "partnership_id", "owner_organisation_id", "period")
_FIGURE = ("value", "status", "qualifier")
_NEXT = (
    select(func.coalesce(func.max(_V.c.revision), 0) + 1)
    .where(
        _V.c.comparator_id == bindparam("comparator_id", type_=Uuid),
        _V.c.period == bindparam("period", type_=_V.c.period.type),
    )
    .scalar_subquery()
)
_ADD_VALUE = prepare(
    insert(comparator_values).values(
        {name: bindparam(name, type_=_V.c[name].type) for name in (*_FIXED, *_FIGURE)} | {"revision": _NEXT}
    )
)


async def add(tx: Transaction, comparator: Comparator) -> datetime:
    """Add a series with its figures. Returns when it was recorded."""
    row = await tx.one(_ADD, **values_of(comparator))
    await add_values(tx, comparator, comparator.values)
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def add_values(tx: Transaction, comparator: Comparator, values: Iterable[ComparatorValue]) -> None:
    """Add figures to a series; of a period that has one, as its next revision."""
    rows = [
        values_of(
            value,
            comparator_id=comparator.id,
            indicator_id=comparator.indicator_id,
            partnership_id=comparator.partnership_id,
            owner_organisation_id=comparator.owner_organisation_id,
        )
        for value in values
    ]
    if rows:
        await tx.many(_ADD_VALUE, rows)


async def get(tx: Transaction, comparator_id: UUID) -> Comparator:
    return read_comparator(await tx.one(_GET, id=comparator_id, **scope(tx)))


async def maybe(tx: Transaction, comparator_id: UUID | None) -> Comparator | None:
    """The series, or None where none is asked for or there is none for this caller."""
    row = None if comparator_id is None else await tx.maybe(_GET, id=comparator_id, **scope(tx))
    return None if row is None else read_comparator(row)


async def page(
    tx: Transaction, partnership_id: UUID, indicator_id: UUID | None, limit: int, after: After, within: Within
) -> list[Comparator]:
    """At most `limit + 1` series of a partnership, of one indicator where it is named."""
    asked = {"partnership": partnership_id, **only(indicator_id=indicator_id)}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [read_comparator(row) for row in rows]


def read_values(folded_rows: Iterable[Any] | None) -> tuple[ComparatorValue, ...]:
    """Figures from rows that were folded into JSON."""
    return tuple(
        ComparatorValue(
            period, figure(value), MeasureStatus(status), None if qualifier is None else Qualifier(qualifier)
        )
        for period, value, status, qualifier in folded_rows or ()
    )


def read_comparator(row: Mapping[str, Any]) -> Comparator:
    """A series from its row."""
    return read(row, Comparator, values=read_values(row["values"]))
