"""Series of accepted figures with what they are held against: targets, baselines, comparators, settings of charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, Uuid, and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.outcomes.rules.control_chart import SeriesFigure
from services.outcomes.rules.sequence import SeriesFacts
from services.outcomes.rules.spc import MOST_POINTS
from services.outcomes.store import indicators, spc_settings
from services.outcomes.store.baselines import read_baseline
from services.outcomes.store.baselines import seen as baselines
from services.outcomes.store.comparators import read_comparator, with_values
from services.outcomes.store.return_tables import observations, return_values
from services.outcomes.store.rows import if_given, only, read
from services.outcomes.store.scopes import accepted, as_seen, scope, sent
from services.outcomes.store.tables import comparator_values, comparators, targets
from services.outcomes.store.targets import read_target, with_milestones
from shared.db import Transaction, prepare

_O, _V = observations, return_values
_RECORDED = bindparam("recorded", type_=DateTime(timezone=True))
_END = datetime(9999, 1, 1, tzinfo=UTC)


def _of_indicators(table: Any) -> Any:
    return table.c.indicator_id == any_(bindparam("indicators", type_=ARRAY(Uuid)))


# Raw for who sees the return itself, as published for the others: the same choice as on a scorecard. Of two obligations
# that tell one period both rows come, so that nobody takes one for the other.
_FIGURES = prepare(
    select(
        _O.c.indicator_id,
        _O.c.obligation_id,
        _O.c.contract_id,
        _O.c.owner_organisation_id.label("provider_organisation_id"),
        _O.c.period,
        _O.c.revision,
        _O.c.recorded_at,
        *as_seen(_O, _V),
    )
    .outerjoin_from(
        _O,
        _V,
        and_(
            _V.c.return_id == _O.c.return_id,
            _V.c.revision == _O.c.revision,
            _V.c.indicator_id == _O.c.indicator_id,
            sent(_V),
        ),
    )
    .ext(distinct_on(_O.c.indicator_id, _O.c.last_day, _O.c.obligation_id))
    .where(
        accepted(_O),
        _of_indicators(_O),
        _O.c.last_day <= bindparam("as_at", type_=Date),
        _O.c.recorded_at <= _RECORDED,
        if_given(_O.c.obligation_id),
        if_given(_O.c.contract_id),
        if_given(_O.c.owner_organisation_id),
    )
    .order_by(_O.c.indicator_id, _O.c.last_day, _O.c.obligation_id, _O.c.revision.desc())
    .limit(bindparam("most"))
)
_TARGETS = prepare(with_milestones().where(_of_indicators(targets), targets.c.recorded_at <= _RECORDED))
_BASELINES = prepare(select(baselines).where(_of_indicators(baselines), baselines.c.recorded_at <= _RECORDED))
_COMPARATORS = prepare(
    with_values(comparator_values.c.recorded_at <= _RECORDED)
    .where(_of_indicators(comparators), comparators.c.recorded_at <= _RECORDED)
    .order_by(comparators.c.kind, comparators.c.name, comparators.c.id)
)


async def of_indicators(
    tx: Transaction,
    indicator_ids: Collection[UUID],
    as_at: date,
    as_recorded: datetime | None = None,
    *,
    obligation_id: UUID | None = None,
    contract_id: UUID | None = None,
    provider_organisation_id: UUID | None = None,
) -> dict[UUID, SeriesFacts]:
    """The series that the caller may see, of periods that had ended by the date, by indicator.

    Ask in a snapshot; or, where `as_recorded` is asked for, read committed after that instant was found settled.
    """
    recorded = as_recorded or _END
    known = await indicators.of_ids(tx, indicator_ids)
    if as_recorded is not None:
        known = await indicators.as_worded_at(tx, known, as_recorded)
    here = {"indicators": list(known), "recorded": recorded, **scope(tx)}
    which = only(
        obligation_id=obligation_id, contract_id=contract_id, owner_organisation_id=provider_organisation_id
    )
    most = {"most": 2 * MOST_POINTS * max(1, len(known))}
    rows = await tx.all(_FIGURES, as_at=as_at, **most, **which, **here)
    figures = _by_indicator(rows, _figure)
    goals = _by_indicator(await tx.all(_TARGETS, **here), read_target)
    starts = _by_indicator(await tx.all(_BASELINES, **here), read_baseline)
    others = _by_indicator(await tx.all(_COMPARATORS, **here), read_comparator)
    settings = await spc_settings.newest(tx, list(known), recorded)
    return {
        each: SeriesFacts(
            indicator=indicator,
            figures=tuple(figures[each]),
            targets=tuple(goals[each]),
            baselines=tuple(starts[each]),
            comparators=tuple(others[each]),
            settings=tuple(found for found in settings if found.indicator_id == each),
        )
        for each, indicator in known.items()
    }


def _by_indicator(rows: Iterable[Mapping[str, Any]], read: Any) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["indicator_id"]].append(read(row))
    return found


def _figure(row: Mapping[str, Any]) -> SeriesFigure:
    return read(row, SeriesFigure)
