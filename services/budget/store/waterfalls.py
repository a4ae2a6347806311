"""Plans of how pressures are funded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, Uuid, bindparam, insert, select, update

from services.budget.rules.funding_plan import OWNER_APPROVES, FundingPlan, Need, PlannedSource
from services.budget.store.risk_tables import waterfalls
from services.budget.store.visibility import scope, to_partners_by_year
from shared.audit import Change
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in waterfalls.c if not column.name.endswith("_at"))
_VISIBLE = select(*(waterfalls.c[name] for name in _NAMES)).where(to_partners_by_year(waterfalls))
_ID = waterfalls.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_YEAR = bindparam("of_year", type_=Text)
_PAGES = Pages(
    _VISIBLE.where(
        waterfalls.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (waterfalls.c.financial_year == _YEAR),
    ),
    waterfalls.c.title,
    waterfalls.c.id,
    waterfalls.c.updated_at,
)
_ADD = prepare(
    insert(waterfalls).values({name: bindparam(name, type_=waterfalls.c[name].type) for name in _NAMES})
)
_SAVE = prepare(
    update(waterfalls)
    .where(waterfalls.c.id == bindparam("which", type_=Uuid))
    .values(
        sources=bindparam("sources", type_=waterfalls.c.sources.type),
        version=bindparam("version", type_=waterfalls.c.version.type),
    )
)


async def get(tx: Transaction, waterfall_id: UUID) -> FundingPlan:
    return _plan(await tx.one(_GET, id=waterfall_id, **scope(tx)))


async def lock(tx: Transaction, waterfall_id: UUID) -> FundingPlan:
    """Lock it for a change. A partner who sees it and does not own it is told so; a stranger finds nothing."""
    row = await tx.maybe(_LOCK, id=waterfall_id, **scope(tx))
    if row is None:
        await get(tx, waterfall_id)
        raise OWNER_APPROVES()
    return _plan(row)


async def add(tx: Transaction, planned: FundingPlan) -> None:
    values = {name: getattr(planned, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "sources": list(planned.sources)})


async def save(tx: Transaction, planned: FundingPlan) -> None:
    await tx.do(_SAVE, which=planned.id, sources=list(planned.sources), version=planned.version)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[FundingPlan]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_year=financial_year, **scope(tx)
    )
    return [_plan(row) for row in rows]


def _plan(row: Mapping[str, Any]) -> FundingPlan:
    return FundingPlan(
        **{
            **row,
            "need": msgspec.convert(row["need"], Need),
            "sources": msgspec.convert(row["sources"], tuple[PlannedSource, ...]),
        }
    )


def told(what: str, planned: FundingPlan) -> Change:
    """What a change of a plan tells."""
    return Change(
        what=what,
        thing="waterfall",
        thing_id=planned.id,
        owner_organisation_id=planned.owner_organisation_id,
        partnership_id=planned.partnership_id,
        facts={"financial_year": planned.financial_year},
    )
