"""Withdraw a virement that is not posted yet."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules.virement_approval import withdraw
from services.budget.store import virements
from services.budget.store.virement_events import told
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def withdraw_virement(
    db: Database, caller: Caller, sent: Sent, virement_id: UUID, expected_version: int
) -> Answer:
    """Only the organisation that proposed it does."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        virement = await virements.lock(tx, virement_id)
        withdrawn = withdraw(virement, caller.organisation_id)
        check_version(virement.version, expected_version)
        await virements.save(tx, withdrawn)
        return await finish(tx, sent, told("virement_withdrawn", withdrawn), withdrawn, status=200)
