"""Propose an uplift of a rate: what it comes to is shown before anybody agrees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from services.contracts.actions.record_rate import told_of_rate
from services.contracts.rules import rate as rules
from services.contracts.store import contracts, rates
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def propose_uplift(
    db: Database,
    caller: Caller,
    sent: Sent,
    rate_id: UUID,
    holds_from: date,
    asked: tuple[Decimal | None, Decimal | None],
) -> Answer:
    """Keep the proposal with its effect on the lead's own placements. `asked`: percent, or the new rate."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await rates.lock(tx, rate_id)
        contract, _ = await contracts.get(tx, before.contract_id)
        care = await rates.in_care(tx, before)
        made = rules.uplift(before, uuid4(), holds_from, asked, care, contract.runs_until)
        made = await rates.add(tx, made)
        return await finish(tx, sent, told_of_rate("uplift_proposed", made), made)
