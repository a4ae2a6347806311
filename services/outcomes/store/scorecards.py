"""What scorecards are made of: indicators with who reports them, latest accepted figures, baselines, targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.comparator import Comparator
from services.outcomes.rules.dimension import ALL, Dimensions, read_dimensions
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.scorecard_line import Facts, Latest
from services.outcomes.rules.target import Target
from services.outcomes.store.baselines import read_baseline
from services.outcomes.store.baselines import seen as baselines
from services.outcomes.store.comparators import read_comparator, with_values
from services.outcomes.store.indicators import as_worded_at, placed, read_indicator, with_placings
from services.outcomes.store.return_tables import obligation_indicators, observations, return_values
from services.outcomes.store.scopes import accepted, as_seen, owed, scope, sent
from services.outcomes.store.tables import (
    comparator_values,
    comparators,
    indicator_wordings,
    indicators,
    targets,
)
from services.outcomes.store.targets import read_target, with_milestones
from shared.calendar import read_period
from shared.db import Transaction, prepare

_O, _V, _OI = observations, return_values, obligation_indicators
_PARTNERSHIP = bindparam("partnership", type_=Uuid)
_RECORDED = bindparam("recorded", type_=DateTime(timezone=True))
_END = datetime(9999, 1, 1, tzinfo=UTC)

_NAMES = ("value", "status", "numerator", "denominator", "revision", "recorded_at")


def _newest(prefix: str, *conditions: Any) -> Any:
    """The newest accepted figure of a line that meets the conditions, its columns under names with the prefix."""
    columns = (
        *as_seen(_O, _V),
        _V.c.numerator,
        _V.c.denominator,
        _O.c.revision,
        _O.c.recorded_at,
    )
    return (
        select(
            *(each.label(prefix + name) for each, name in zip(columns, _NAMES, strict=True)),
            _O.c.period.label(f"{prefix}period"),
            _O.c.last_day.label(f"{prefix}last_day"),
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
        .where(
            accepted(_O),
            _O.c.obligation_id == _OI.c.obligation_id,
            _O.c.indicator_id == _OI.c.indicator_id,
            _O.c.recorded_at <= _RECORDED,
            *conditions,
        )
        .order_by(_O.c.last_day.desc(), _O.c.revision.desc())
        .limit(1)
        .lateral(f"{prefix}newest")
    )


_W = indicator_wordings
# Of the instant that is asked for: where another wording held then, the placings that held with it.
_PLACED_THEN = func.coalesce(
    select(_W.c.placed_version)
    .where(_W.c.indicator_id == indicators.c.id, _W.c.held_from <= _RECORDED, _W.c.held_until > _RECORDED)
    .scalar_subquery(),
    indicators.c.placed_version,
)
_LATEST = _newest("latest_", _O.c.last_day <= bindparam("as_at", type_=Date))
_BEFORE = _newest("before_", _O.c.last_day < _LATEST.c.latest_last_day)
_FIGURES = [each for each in (*_LATEST.c, *_BEFORE.c) if not each.name.endswith("last_day")]
_LINES = prepare(
    with_placings()
    .add_columns(_OI.c.obligation_id, _OI.c.contract_id, _OI.c.provider_organisation_id)
    .add_columns(_OI.c.dimensions.label("reported_dimensions"), *_FIGURES)
    .select_from(
        indicators.outerjoin(
            _OI,
            and_(
                _OI.c.indicator_id == indicators.c.id,
                _OI.c.recorded_at <= _RECORDED,
                or_(owed(_OI), _OI.c.partnership_id == any_(bindparam("observed", type_=ARRAY(Uuid)))),
            ),
        )
        .outerjoin(_LATEST, true())
        .outerjoin(_BEFORE, true())
    )
    .where(
        indicators.c.partnership_id == _PARTNERSHIP,
        indicators.c.recorded_at <= _RECORDED,
        or_(
            bindparam("framework", type_=Uuid).is_(None),
            placed(bindparam("framework", type_=Uuid), _PLACED_THEN),
        ),
        or_(
            bindparam("contract", type_=Uuid).is_(None),
            _OI.c.contract_id == bindparam("contract", type_=Uuid),
        ),
        or_(
            bindparam("provider", type_=Uuid).is_(None),
            _OI.c.provider_organisation_id == bindparam("provider", type_=Uuid),
        ),
        or_(
            bindparam("dimensions", type_=JSONB).is_(None),
            func.coalesce(_OI.c.dimensions, cast({}, JSONB))
            .concat(indicators.c.dimensions)
            .contains(bindparam("dimensions", type_=JSONB)),
        ),
    )
    .order_by(indicators.c.code, indicators.c.id, _OI.c.obligation_id)
)
_BASELINES = prepare(
    select(baselines).where(baselines.c.partnership_id == _PARTNERSHIP, baselines.c.recorded_at <= _RECORDED)
)
_TARGETS = prepare(
    with_milestones().where(targets.c.partnership_id == _PARTNERSHIP, targets.c.recorded_at <= _RECORDED)
)
_COMPARATORS = prepare(
    with_values(
        comparator_values.c.period == any_(bindparam("periods", type_=ARRAY(Text))),
        comparator_values.c.recorded_at <= _RECORDED,
    )
    .where(comparators.c.partnership_id == _PARTNERSHIP, comparators.c.recorded_at <= _RECORDED)
    .order_by(comparators.c.kind, comparators.c.name, comparators.c.id)
)


async def facts(
    tx: Transaction,
    partnership_id: UUID,
    as_at: date,
    as_recorded: datetime | None,
    *,
    framework_id: UUID | None = None,
    contract_id: UUID | None = None,
    provider_organisation_id: UUID | None = None,
    dimensions: Dimensions = ALL,
) -> list[Facts]:
    """The facts of every line that the caller may see: figures of periods that had ended by the date.

    Ask in a snapshot, so that figures, targets and comparators are of one instant; or, where `as_recorded` is
    asked for, read committed after that instant was found to be settled.
    """
    here = {"partnership": partnership_id, "recorded": as_recorded or _END, **scope(tx)}
    rows = await tx.all(
        _LINES,
        as_at=as_at,
        framework=framework_id,
        contract=contract_id,
        provider=provider_organisation_id,
        dimensions=dimensions.kept() or None,
        **here,
    )
    periods = sorted({row["latest_period"] for row in rows if row["latest_period"] is not None})
    starts: dict[UUID, list[Baseline]] = defaultdict(list)
    for row in await tx.all(_BASELINES, **here):
        starts[row["indicator_id"]].append(read_baseline(row))
    goals: dict[UUID, list[Target]] = defaultdict(list)
    for row in await tx.all(_TARGETS, **here):
        goals[row["indicator_id"]].append(read_target(row))
    series: dict[UUID, list[Comparator]] = defaultdict(list)
    for row in await tx.all(_COMPARATORS, periods=periods, **here):
        series[row["indicator_id"]].append(read_comparator(row))
    found = [_facts(row, starts, goals, series) for row in rows]
    if as_recorded is not None:
        found = await _as_worded(tx, found, as_recorded)
    return found


async def _as_worded(tx: Transaction, found: list[Facts], instant: datetime) -> list[Facts]:
    known = {each.indicator.id: each.indicator for each in found}
    worded = await as_worded_at(tx, known, instant)
    return [replace(each, indicator=worded[each.indicator.id]) for each in found]


def _facts(
    row: Mapping[str, Any],
    starts: Mapping[UUID, list[Baseline]],
    goals: Mapping[UUID, list[Target]],
    series: Mapping[UUID, list[Comparator]],
) -> Facts:
    indicator = read_indicator(row)
    return Facts(
        indicator=indicator,
        obligation_id=row["obligation_id"],
        contract_id=row["contract_id"],
        provider_organisation_id=row["provider_organisation_id"],
        latest=_figure(row, "latest_"),
        before=_figure(row, "before_"),
        dimensions=read_dimensions(row["reported_dimensions"]),
        baseline=_start(starts.get(indicator.id, ()), row["contract_id"]),
        targets=tuple(goals.get(indicator.id, ())),
        comparators=tuple(series.get(indicator.id, ())),
    )


def _start(found: Sequence[Baseline], contract_id: UUID | None) -> Baseline | None:
    """The contract's own baseline, or else the one that holds throughout the partnership."""
    fitting = [each for each in found if each.contract_id in (None, contract_id)]
    return max(fitting, key=lambda each: each.contract_id is not None, default=None)


def _figure(row: Mapping[str, Any], prefix: str) -> Latest | None:
    """The latest figure, or the one before."""
    if row[prefix + "period"] is None:
        return None
    period = read_period(row[prefix + "period"])
    value, status, *rest = (row[prefix + name] for name in _NAMES)
    return Latest(
        period.id, period.financial_year, period.financial_quarter, value, MeasureStatus(status), *rest
    )
