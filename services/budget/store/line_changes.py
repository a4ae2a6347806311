"""What a change of a line tells, and to whom: those who may see the line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.budget.rules.line import Line
from services.budget.rules.sight import readers
from services.budget.store import agreements, pools
from shared.audit import Change
from shared.db import Transaction


async def told(tx: Transaction, what: str, line: Line, facts: Mapping[str, Any]) -> Change:
    """The change of a line that is there, for its audit row and its event."""
    return Change(
        what=what,
        thing="line",
        thing_id=line.id,
        owner_organisation_id=line.owner_organisation_id,
        partnership_id=line.partnership_id,
        readers=await _readers(tx, line),
        facts=facts,
    )


async def _readers(tx: Transaction, line: Line) -> tuple[UUID, ...]:
    if line.pool_id is None:
        return ()
    pool = await pools.get(tx, line.pool_id)
    agreement = await agreements.get(tx, pool.agreement_id)
    return readers(line.arrangement, line.owner_organisation_id, agreement)
