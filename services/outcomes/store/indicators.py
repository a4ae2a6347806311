"""Indicators with their places in frameworks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Uuid,
    any_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.outcomes.rules.dimension import read_dimensions
from services.outcomes.rules.indicator import Indicator, Placing, Polarity
from services.outcomes.rules.indicator_wording import WORDS, IndicatorWording, as_worded, wording_of
from services.outcomes.store.rows import adding, folded, read, values_of
from services.outcomes.store.scopes import defined, own, scope
from services.outcomes.store.tables import indicator_placings, indicator_wordings, indicators
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ITS_OWN = {"recorded_at", "updated_at", "placed_version"}
_INSTANT = bindparam("instant", type_=DateTime(timezone=True))
_ADD = prepare(
    insert(indicators)
    .values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in indicators.c
            if each.name not in _ITS_OWN
        }
    )
    .returning(indicators.c.recorded_at, indicators.c.updated_at)
)
_REWORD = prepare(
    update(indicators)
    .where(own(indicators), indicators.c.id == bindparam("id", type_=Uuid))
    .values(
        {
            name: bindparam(f"new_{name}", type_=indicators.c[name].type)
            for name in (*WORDS, "reason", "version")
        }
        | {
            "placed_version": case(
                (bindparam("placed", type_=Boolean), bindparam("new_version", type_=Integer)),
                else_=indicators.c.placed_version,
            )
        }
    )
    .returning(indicators.c.updated_at)
)
_W = indicator_wordings


def _placings(indicator: Any, version: Any) -> Any:
    """The placings of one version of an indicator, folded into one column."""
    p = indicator_placings
    placing = folded(p.c.framework_id, p.c.code, p.c.polarity, p.c.domain)
    return (
        select(func.jsonb_agg(aggregate_order_by(placing, p.c.position)))
        .where(p.c.indicator_id == indicator, p.c.version == version)
        .scalar_subquery()
        .label("frameworks")
    )


_WORDED = select(
    *(_W.c[each.name] for each in fields(IndicatorWording) if each.name != "frameworks"),
    _placings(_W.c.indicator_id, _W.c.placed_version),
).where(defined(_W))
_WORDINGS = prepare(
    _WORDED.where(
        _W.c.indicator_id == bindparam("indicator", type_=Uuid),
        _W.c.version > bindparam("after", type_=Integer),
    )
    .order_by(_W.c.version)
    .limit(bindparam("most"))
)
_AT = prepare(
    _WORDED.where(
        _W.c.indicator_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        _W.c.held_from <= _INSTANT,
        _W.c.held_until > _INSTANT,
    )
)
_ADD_PLACING = adding(indicator_placings)


def with_placings() -> Select[Any]:
    """Every indicator that the caller may see, its placings folded into one column."""
    placings = _placings(indicators.c.id, indicators.c.placed_version)
    return select(indicators, placings).where(defined(indicators, indicators.c.id))


def placed(framework: Any, version: Any = indicators.c.placed_version) -> ColumnElement[bool]:
    """Indicators that stand in a framework, by the placings that hold or by those of another version."""
    p = indicator_placings
    return exists().where(
        p.c.indicator_id == indicators.c.id, p.c.framework_id == framework, p.c.version == version
    )


_GET = prepare(with_placings().where(indicators.c.id == bindparam("id", type_=Uuid)))
_KNOWN = prepare(with_placings().where(indicators.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
_BREAKDOWNS = prepare(
    with_placings()
    .where(indicators.c.breakdown_of_indicator_id == bindparam("indicator", type_=Uuid))
    .order_by(indicators.c.code, indicators.c.id)
)
_PAGES = Pages(
    with_placings().where(
        indicators.c.partnership_id == bindparam("partnership", type_=Uuid),
        or_(
            bindparam("framework", type_=Uuid).is_(None),
            placed(bindparam("framework", type_=Uuid)),
        ),
    ),
    indicators.c.updated_at,
    indicators.c.id,
    indicators.c.updated_at,
)


async def add(tx: Transaction, indicator: Indicator) -> Indicator:
    """Add an indicator and its placings. Returns it with when it was recorded."""
    row = await tx.one(_ADD, **values_of(indicator) | {"dimensions": indicator.dimensions.kept()})
    await _place(tx, indicator)
    return replace(indicator, **row)


async def reword(tx: Transaction, changed: Indicator, *, placed_anew: bool) -> Indicator:
    """Keep other words or placings. The database keeps what they replace. Returns the indicator with when it was changed."""
    new = {f"new_{name}": getattr(changed, name) for name in (*WORDS, "reason", "version")}
    row = await tx.one(_REWORD, id=changed.id, placed=placed_anew, **new, **scope(tx))
    if placed_anew:
        await _place(tx, changed)
    return replace(changed, **row)


async def _place(tx: Transaction, indicator: Indicator) -> None:
    if indicator.frameworks:
        await tx.many(
            _ADD_PLACING,
            (
                values_of(
                    placing,
                    indicator_id=indicator.id,
                    version=indicator.version,
                    partnership_id=indicator.partnership_id,
                    owner_organisation_id=indicator.owner_organisation_id,
                    position=position,
                )
                for position, placing in enumerate(indicator.frameworks)
            ),
        )


async def wordings(tx: Transaction, indicator: Indicator, limit: int, after: int) -> list[IndicatorWording]:
    """At most `limit + 1` wordings of an indicator after a version, the oldest first; the one that holds comes last."""
    rows = await tx.all(_WORDINGS, indicator=indicator.id, after=after, most=limit + 1, **scope(tx))
    found = [_wording(row) for row in rows]
    return found if indicator.version <= after else [*found, wording_of(indicator)][: limit + 1]


async def as_worded_at(
    tx: Transaction, known: Mapping[UUID, Indicator], instant: datetime
) -> dict[UUID, Indicator]:
    """Indicators in the words that were on record at an instant."""
    rows = await tx.all(_AT, ids=list(known), instant=instant, **scope(tx))
    before = {row["indicator_id"]: _wording(row) for row in rows}
    return {key: as_worded(each, before.get(key)) for key, each in known.items()}


async def get(tx: Transaction, indicator_id: UUID) -> Indicator:
    return read_indicator(await tx.one(_GET, id=indicator_id, **scope(tx)))


async def maybe(tx: Transaction, indicator_id: UUID) -> Indicator | None:
    """The indicator, or None where there is none for this caller."""
    row = await tx.maybe(_GET, id=indicator_id, **scope(tx))
    return None if row is None else read_indicator(row)


async def of_ids(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Indicator]:
    """Those of these indicators that the caller may see."""
    rows = await tx.all(_KNOWN, ids=list(set(ids)), **scope(tx))
    return {row["id"]: read_indicator(row) for row in rows}


async def broken_down(tx: Transaction, indicator_id: UUID) -> list[Indicator]:
    """The breakdowns of an indicator that the caller may see."""
    return [read_indicator(row) for row in await tx.all(_BREAKDOWNS, indicator=indicator_id, **scope(tx))]


async def page(
    tx: Transaction, partnership_id: UUID, framework_id: UUID | None, limit: int, after: After, within: Within
) -> list[Indicator]:
    """At most `limit + 1` indicators of a partnership, of one framework where it is named."""
    asked = {"partnership": partnership_id, "framework": framework_id}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [read_indicator(row) for row in rows]


def read_indicator(row: Mapping[str, Any]) -> Indicator:
    """An indicator from a row of `with_placings`."""
    return read(
        row,
        Indicator,
        frameworks=_placings_of(row["frameworks"]),
        dimensions=read_dimensions(row["dimensions"]),
    )


def _wording(row: Mapping[str, Any]) -> IndicatorWording:
    return read(row, IndicatorWording, frameworks=_placings_of(row["frameworks"]))


def _placings_of(folded_rows: Iterable[Any] | None) -> tuple[Placing, ...]:
    return tuple(
        Placing(UUID(framework), code, None if polarity is None else Polarity(polarity), domain)
        for framework, code, polarity, domain in folded_rows or ()
    )
