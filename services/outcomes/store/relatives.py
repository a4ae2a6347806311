"""Indicators with all that they are parts of and that are parts of them, and what others show of these for a period."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.outcomes.rules.disclosure_family import OnView, of_people, wholes_of
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.measure import Measure, MeasureStatus
from services.outcomes.store import indicators
from services.outcomes.store.return_tables import observations, return_values
from services.outcomes.store.scopes import accepted, scope, sent
from services.outcomes.store.tables import indicators as indicators_table
from shared.db import Transaction, prepare

_I, _O, _V = indicators_table, observations, return_values
_OF = bindparam("indicators", type_=ARRAY(Uuid))
_PARTNERSHIP = bindparam("partnership", type_=Text)
_BELOW = prepare(
    indicators.with_placings().where(
        or_(_I.c.part_of_indicator_id == any_(_OF), _I.c.breakdown_of_indicator_id == any_(_OF))
    )
)
_ONE_AT_A_TIME = prepare(select(func.pg_advisory_xact_lock(func.hashtextextended(_PARTNERSHIP, 17))))
_ON_VIEW = prepare(
    select(
        _O.c.id,
        _O.c.obligation_id,
        _O.c.indicator_id,
        _O.c.value.label("shown_value"),
        _O.c.status.label("shown_status"),
        _V.c.value,
        _V.c.status,
        _V.c.numerator,
        _V.c.denominator,
    )
    .join_from(
        _O,
        _V,
        and_(
            _V.c.return_id == _O.c.return_id,
            _V.c.revision == _O.c.revision,
            _V.c.indicator_id == _O.c.indicator_id,
            sent(_V),
        ),
    )
    .ext(distinct_on(_O.c.obligation_id, _O.c.indicator_id))
    .where(
        accepted(_O),
        _O.c.indicator_id == any_(_OF),
        _O.c.period == bindparam("period", type_=Text),
        _O.c.obligation_id != bindparam("obligation", type_=Uuid),
    )
    .order_by(_O.c.obligation_id, _O.c.indicator_id, _O.c.revision.desc())
)


async def of(tx: Transaction, known: dict[UUID, Indicator]) -> dict[UUID, Indicator]:
    """These indicators with every one that they are parts of and, where these count people, every part of those."""
    found = dict(known)
    new: Collection[Indicator] = list(known.values())
    while missing := {whole for each in new for whole in wholes_of(each)} - set(found):
        above = await indicators.of_ids(tx, missing)
        new = list(above.values())
        found |= above
    below = {key for key, each in found.items() if of_people(each, found)}
    while below:
        rows = await tx.all(_BELOW, indicators=list(below), **scope(tx))
        parts = {row["id"]: indicators.read_indicator(row) for row in rows if row["id"] not in found}
        found |= parts
        below = set(parts)
    return found


async def on_view(tx: Transaction, found: Return, ids: Iterable[UUID]) -> dict[UUID, OnView]:
    """What other obligations' accepted returns of the period show of these indicators, by the id of the observation.

    Two leads who accept at the same time wait for each other, so that neither misses what the other one shows.
    """
    await tx.one(_ONE_AT_A_TIME, partnership=f"{found.partnership_id}/{found.period}")
    rows = await tx.all(
        _ON_VIEW,
        indicators=list(ids),
        period=found.period,
        obligation=found.obligation_id,
        **scope(tx),
    )
    return {
        row["id"]: OnView(
            row["obligation_id"],
            row["indicator_id"],
            Measure(row["value"], MeasureStatus(row["status"]), row["numerator"], row["denominator"]),
            Measure(row["shown_value"], MeasureStatus(row["shown_status"])),
        )
        for row in rows
    }
