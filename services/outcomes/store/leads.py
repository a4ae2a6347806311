"""Leads: which organisations set obligations, and in which partnerships, for a role that sees every row."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.outcomes.store.return_tables import obligations
from shared.db import Transaction, prepare

_LEADS = prepare(
    select(obligations.c.lead_organisation_id, obligations.c.partnership_id)
    .distinct()
    .order_by(obligations.c.lead_organisation_id, obligations.c.partnership_id)
)


async def of_obligations(tx: Transaction) -> dict[UUID, list[UUID]]:
    """Partnerships by lead organisation, of all obligations that the role sees."""
    found: dict[UUID, list[UUID]] = {}
    for row in await tx.all(_LEADS):
        found.setdefault(row["lead_organisation_id"], []).append(row["partnership_id"])
    return found
