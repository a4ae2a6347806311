"""Comments under returns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.return_comment import ReturnComment
from services.outcomes.store.return_life_tables import return_comments
from services.outcomes.store.revisions import below_return, parties
from services.outcomes.store.rows import adding, values_of
from services.outcomes.store.scopes import own, scope, sent
from shared.db import Transaction
from shared.keyset import After, Pages, Within

_C = return_comments
_SHOWN = ("id", "return_id", "revision", "pointer", "text", "organisation_id", "client_id", "recorded_at")
_ADD = adding(_C)
_PAGES = Pages(
    select(*(_C.c[name] for name in _SHOWN)).where(
        sent(_C), or_(own(_C), _C.c.revision > 0), _C.c.return_id == bindparam("return_id", type_=Uuid)
    ),
    _C.c.recorded_at,
    _C.c.id,
    _C.c.recorded_at,
)


async def add(tx: Transaction, found: Return, comment: ReturnComment) -> datetime:
    """Add a comment. Returns when it was recorded."""
    row = await tx.one(_ADD, **values_of(comment) | below_return(found, parties(found)))
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def page(
    tx: Transaction, return_id: UUID, limit: int, after: After, within: Within
) -> list[ReturnComment]:
    """At most `limit + 1` comments under a return in the order in which they were written."""
    rows = await _PAGES.read(tx, limit, after, within, return_id=return_id, **scope(tx))
    return [ReturnComment(**row) for row in rows]
