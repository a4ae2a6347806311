"""Bring an agreement into force, and turn its shadow pools into real ones."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.actions.draft_agreement import told
from services.budget.rules import agreement as rules
from services.budget.rules.pool import turn_real
from services.budget.store import agreements, pools
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def commence_agreement(
    db: Database, caller: Caller, sent: Sent, agreement_id: UUID, expected_version: int, commenced_on: date
) -> Answer:
    """From that day the pools hold real money. Lines of shadow years stay shadow: that money never moved."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        in_force = rules.commence(agreement, commenced_on, await today(tx))
        await agreements.save(tx, in_force)
        for pool in await pools.lock_shadows(tx, agreement_id):
            await pools.save(tx, turn_real(pool, in_force))
        return await finish(tx, sent, told("agreement_commenced", in_force), in_force, status=200)
