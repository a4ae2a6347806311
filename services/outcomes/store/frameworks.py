"""Frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from services.outcomes.rules.framework import Domain, Framework
from services.outcomes.store.rows import adding, values_of
from services.outcomes.store.scopes import framed, scope
from services.outcomes.store.tables import frameworks
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(frameworks)
_ALL = select(frameworks).where(framed(frameworks))
_GET = prepare(_ALL.where(frameworks.c.id == bindparam("id", type_=Uuid)))
_IN = frameworks.c.partnership_id == bindparam("partnership", type_=Uuid)
_PAGES = Pages(_ALL.where(_IN), frameworks.c.recorded_at, frameworks.c.id, frameworks.c.recorded_at)
_KNOWN = prepare(
    select(frameworks.c.id, frameworks.c.domains).where(
        framed(frameworks), _IN, frameworks.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
)


async def add(tx: Transaction, framework: Framework) -> datetime:
    """Add a framework. Returns when it was recorded."""
    row = await tx.one(_ADD, **values_of(framework) | {"domains": list(framework.domains)})
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def get(tx: Transaction, framework_id: UUID) -> Framework:
    return _framework(await tx.one(_GET, id=framework_id, **scope(tx)))


async def known(tx: Transaction, partnership_id: UUID, ids: list[UUID]) -> dict[UUID, frozenset[str]]:
    """Those of these frameworks that are on record in the partnership, each with the codes of its domains."""
    rows = await tx.all(_KNOWN, partnership=partnership_id, ids=ids, **scope(tx))
    return {row["id"]: frozenset(each["code"] for each in row["domains"]) for row in rows}


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within
) -> list[Framework]:
    """At most `limit + 1` frameworks of a partnership in the order in which they were recorded."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [_framework(row) for row in rows]


def _framework(row: Mapping[str, Any]) -> Framework:
    return Framework(**{**row, "domains": tuple(Domain(**each) for each in row["domains"])})
