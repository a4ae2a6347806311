"""Settings of control charts, edition by edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.outcomes.rules.spc_setting import BreakKind, Rebasing, SpcSettings
from services.outcomes.store.chart_tables import spc_settings
from services.outcomes.store.rows import adding, if_given, only, values_of
from services.outcomes.store.scopes import defined_for_contract, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(spc_settings)
_ALL = select(spc_settings).where(defined_for_contract(spc_settings))
_GET = prepare(_ALL.where(spc_settings.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    _ALL.where(
        spc_settings.c.partnership_id == bindparam("partnership", type_=Uuid),
        if_given(spc_settings.c.indicator_id),
    ),
    spc_settings.c.recorded_at,
    spc_settings.c.id,
    spc_settings.c.recorded_at,
)
_NEWEST = prepare(
    _ALL.where(
        spc_settings.c.indicator_id == any_(bindparam("indicators", type_=ARRAY(Uuid))),
        spc_settings.c.recorded_at <= bindparam("recorded", type_=DateTime(timezone=True)),
    )
    .ext(distinct_on(spc_settings.c.indicator_id, spc_settings.c.contract_id))
    .order_by(spc_settings.c.indicator_id, spc_settings.c.contract_id, spc_settings.c.edition.desc())
)


async def add(tx: Transaction, settings: SpcSettings) -> datetime:
    """Add an edition. Returns when it was recorded."""
    rebasings = [
        {"on": each.on.isoformat(), "kind": each.kind, "reason": each.reason} for each in settings.rebasings
    ]
    recorded_at: datetime = (await tx.one(_ADD, **values_of(settings) | {"rebasings": rebasings}))[
        "recorded_at"
    ]
    return recorded_at


async def get(tx: Transaction, settings_id: UUID) -> SpcSettings:
    return _settings(await tx.one(_GET, id=settings_id, **scope(tx)))


async def newest(tx: Transaction, indicator_ids: list[UUID], recorded: datetime) -> list[SpcSettings]:
    """The newest edition for each indicator, and that for each contract of it, as recorded at an instant."""
    rows = await tx.all(_NEWEST, indicators=indicator_ids, recorded=recorded, **scope(tx))
    return [_settings(row) for row in rows]


async def page(
    tx: Transaction, partnership_id: UUID, indicator_id: UUID | None, limit: int, after: After, within: Within
) -> list[SpcSettings]:
    """At most `limit + 1` editions of a partnership, of one indicator where it is named."""
    asked = {"partnership": partnership_id, **only(indicator_id=indicator_id)}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [_settings(row) for row in rows]


def _settings(row: Mapping[str, Any]) -> SpcSettings:
    rebasings = tuple(
        Rebasing(date.fromisoformat(each["on"]), BreakKind(each["kind"]), each["reason"])
        for each in row["rebasings"]
    )
    return SpcSettings(**{**dict(row), "rebasings": rebasings})
