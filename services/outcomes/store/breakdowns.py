"""Who reports an indicator and its breakdowns, and what was accepted of them, period by period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, Text, Uuid, and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.outcomes.rules.dimension import read_dimensions
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.population import Basis
from services.outcomes.rules.roll_up import Contribution
from services.outcomes.store import indicators
from services.outcomes.store.return_tables import (
    due_returns,
    obligation_indicators,
    observations,
    return_values,
)
from services.outcomes.store.scopes import accepted, owed, scope, sent, whole
from services.outcomes.store.tables import BASIS, populations
from shared.db import Transaction, prepare

_O, _V, _OI, _P = observations, return_values, obligation_indicators, populations
_OF = bindparam("indicators", type_=ARRAY(Uuid))
_OBSERVED = _OI.c.partnership_id == any_(bindparam("observed", type_=ARRAY(Uuid)))
_REPORTED = prepare(
    select(_OI.c.obligation_id, _OI.c.indicator_id, _OI.c.provider_organisation_id, _OI.c.dimensions)
    .add_columns(_OI.c.contract_id)
    .where(_OI.c.indicator_id == any_(_OF), or_(owed(_OI), _OBSERVED))
    .order_by(_OI.c.obligation_id, _OI.c.indicator_id)
)
# The raw figure for who sees the return itself; the published one, without its parts, for the others.
_FIGURES = prepare(
    select(
        _O.c.obligation_id,
        _O.c.indicator_id,
        _O.c.period,
        _O.c.value.label("shown_value"),
        _O.c.status.label("shown_status"),
        _V.c.value.label("raw_value"),
        _V.c.status.label("raw_status"),
        _V.c.numerator,
        _V.c.denominator,
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
        _O.c.indicator_id == any_(_OF),
        _O.c.last_day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        _O.c.recorded_at <= bindparam("recorded", type_=DateTime(timezone=True)),
    )
    .order_by(_O.c.indicator_id, _O.c.last_day, _O.c.obligation_id, _O.c.revision.desc())
)
_DUE = prepare(
    select(due_returns.c.obligation_id, due_returns.c.period).where(
        due_returns.c.obligation_id == any_(bindparam("obligations", type_=ARRAY(Uuid))),
        due_returns.c.last_day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        owed(due_returns, due_returns.c.financial_year),
    )
)
_PEOPLE = prepare(
    select(_P.c.area_code, _P.c.count)
    .where(
        whole(_P),
        _P.c.partnership_id == bindparam("partnership", type_=Uuid),
        _P.c.area_code == any_(bindparam("areas", type_=ARRAY(Text))),
        _P.c.basis == bindparam("basis", type_=BASIS),
        _P.c.age_band == bindparam("age_band", type_=Text),
        _P.c.vintage == bindparam("vintage", type_=Text),
    )
    .order_by(_P.c.recorded_at)
)


async def contributions(
    tx: Transaction, indicator: Indicator, first: date, last: date, recorded: datetime
) -> dict[str, list[Contribution]]:
    """By period: each provider's figure of the indicator and its breakdowns, also of those that owe one and sent none.

    An observer, who does not see what is owed, sees the periods that have figures.
    """
    below = await indicators.broken_down(tx, indicator.id)
    known = {each.id: each for each in (indicator, *below)}
    when = {"first": first, "last": last}
    reported = await tx.all(_REPORTED, indicators=list(known), **scope(tx))
    rows = await tx.all(_FIGURES, indicators=list(known), recorded=recorded, **when, **scope(tx))
    owing: defaultdict[str, set[UUID]] = defaultdict(set)
    for row in await tx.all(
        _DUE, obligations=list({row["obligation_id"] for row in reported}), **when, **scope(tx)
    ):
        owing[row["period"]].add(row["obligation_id"])
    figures: defaultdict[str, dict[tuple[UUID, UUID], Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        figures[row["period"]][row["obligation_id"], row["indicator_id"]] = row
    return {
        period: [
            _contribution(each, known[each["indicator_id"]], figures[period])
            for each in reported
            if each["obligation_id"] in owing[period]
            or (each["obligation_id"], each["indicator_id"]) in figures[period]
        ]
        for period in {*figures, *owing}
    }


def _contribution(
    reporter: Mapping[str, Any], indicator: Indicator, figures: Mapping[tuple[UUID, UUID], Mapping[str, Any]]
) -> Contribution:
    row = figures.get((reporter["obligation_id"], reporter["indicator_id"]))
    raw = row is not None and row["raw_status"] is not None
    status = None if row is None else MeasureStatus(row["raw_status"] if raw else row["shown_status"])
    return Contribution(
        obligation_id=reporter["obligation_id"],
        indicator_id=reporter["indicator_id"],
        provider_organisation_id=reporter["provider_organisation_id"],
        dimensions=indicator.dimensions.over(read_dimensions(reporter["dimensions"])),
        value=None if row is None else row["raw_value" if raw else "shown_value"],
        status=status,
        numerator=None if row is None else row["numerator"],
        denominator=None if row is None else row["denominator"],
        raw=raw or row is None,
        contract_id=reporter["contract_id"],
    )


async def people(
    tx: Transaction, partnership_id: UUID, areas: Collection[str], basis: Basis, age_band: str, vintage: str
) -> dict[str, int]:
    """The population of each area, of one basis, age and vintage."""
    rows = await tx.all(
        _PEOPLE,
        partnership=partnership_id,
        areas=list(areas),
        basis=basis,
        age_band=age_band,
        vintage=vintage,
        **scope(tx),
    )
    return {row["area_code"]: row["count"] for row in rows}
