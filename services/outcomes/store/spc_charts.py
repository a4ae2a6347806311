"""What a control chart is made of: an indicator's accepted figures period by period, its targets, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Uuid, and_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.comparator import Comparator
from services.outcomes.rules.control_chart import SeriesFigure
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.spc import MOST_POINTS
from services.outcomes.rules.spc_setting import SpcSettings
from services.outcomes.rules.target import Target
from services.outcomes.store import indicators, spc_settings
from services.outcomes.store.baselines import read_baseline
from services.outcomes.store.comparators import read_comparator, with_values
from services.outcomes.store.return_tables import observations, return_values
from services.outcomes.store.rows import if_given, only
from services.outcomes.store.scopes import accepted, defined_for_contract, scope, sent
from services.outcomes.store.tables import baselines, comparator_values, comparators, targets
from services.outcomes.store.targets import read_target, with_milestones
from shared.db import Transaction, prepare

_O, _V = observations, return_values
_INDICATOR = bindparam("indicator", type_=Uuid)
_RECORDED = bindparam("recorded", type_=DateTime(timezone=True))
_END = datetime(9999, 1, 1, tzinfo=UTC)

# Raw for who sees the return itself, as published for the others: the same choice as on a scorecard.
_FIGURES = prepare(
    select(
        _O.c.obligation_id,
        _O.c.contract_id,
        _O.c.owner_organisation_id.label("provider_organisation_id"),
        _O.c.period,
        _O.c.revision,
        _O.c.recorded_at,
        _O.c.value.label("shown_value"),
        _O.c.status.label("shown_status"),
        _V.c.value.label("raw_value"),
        _V.c.status.label("raw_status"),
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
    .ext(distinct_on(_O.c.last_day, _O.c.obligation_id))
    .where(
        accepted(_O),
        _O.c.indicator_id == _INDICATOR,
        _O.c.last_day <= bindparam("as_at", type_=Date),
        _O.c.recorded_at <= _RECORDED,
        if_given(_O.c.obligation_id),
        if_given(_O.c.contract_id),
        if_given(_O.c.owner_organisation_id),
    )
    .order_by(_O.c.last_day, _O.c.obligation_id, _O.c.revision.desc())
    .limit(2 * MOST_POINTS)
)
_TARGETS = prepare(
    with_milestones().where(targets.c.indicator_id == _INDICATOR, targets.c.recorded_at <= _RECORDED)
)
_BASELINES = prepare(
    select(baselines).where(
        defined_for_contract(baselines),
        baselines.c.indicator_id == _INDICATOR,
        baselines.c.recorded_at <= _RECORDED,
    )
)
_COMPARATORS = prepare(
    with_values(comparator_values.c.recorded_at <= _RECORDED).where(
        comparators.c.indicator_id == _INDICATOR, comparators.c.recorded_at <= _RECORDED
    )
)


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """What is on record for a chart."""

    indicator: Indicator
    figures: list[SeriesFigure]
    targets: list[Target]
    baselines: list[Baseline]
    comparators: list[Comparator]
    settings: list[SpcSettings]


async def facts(
    tx: Transaction,
    indicator_id: UUID,
    as_at: date,
    as_recorded: datetime | None,
    *,
    obligation_id: UUID | None = None,
    contract_id: UUID | None = None,
    provider_organisation_id: UUID | None = None,
) -> ChartFacts:
    """The facts of a chart that the caller may see, of periods that had ended by the date.

    Ask in a snapshot; or, where `as_recorded` is asked for, read committed after that instant was found settled.
    """
    indicator = await indicators.get(tx, indicator_id)
    recorded = as_recorded or _END
    here = {"indicator": indicator_id, "recorded": recorded, **scope(tx)}
    which = only(
        obligation_id=obligation_id, contract_id=contract_id, owner_organisation_id=provider_organisation_id
    )
    return ChartFacts(
        indicator=indicator,
        figures=[_figure(row) for row in await tx.all(_FIGURES, as_at=as_at, **which, **here)],
        targets=[read_target(row) for row in await tx.all(_TARGETS, **here)],
        baselines=[read_baseline(row) for row in await tx.all(_BASELINES, **here)],
        comparators=[read_comparator(row) for row in await tx.all(_COMPARATORS, **here)],
        settings=await spc_settings.newest(tx, indicator_id, recorded),
    )


def _figure(row: Mapping[str, Any]) -> SeriesFigure:
    raw = row["raw_status"] is not None
    return SeriesFigure(
        obligation_id=row["obligation_id"],
        contract_id=row["contract_id"],
        provider_organisation_id=row["provider_organisation_id"],
        period=row["period"],
        value=row["raw_value"] if raw else row["shown_value"],
        status=MeasureStatus(row["raw_status"] if raw else row["shown_status"]),
        revision=row["revision"],
        recorded_at=row["recorded_at"],
    )
