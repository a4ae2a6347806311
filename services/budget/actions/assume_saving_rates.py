"""Give a line of savings a new version of its rates, in effect from a day."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import saving_line as rules
from services.budget.rules.saving_terms import Version
from services.budget.store import savings
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def assume_saving_rates(
    db: Database, caller: Caller, sent: Sent, saving_id: UUID, expected_version: int, version: Version
) -> Answer:
    """The bases stay frozen and the former rates stay on record."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        saving = await savings.lock(tx, saving_id)
        check_version(saving.version, expected_version)
        changed = rules.assume(saving, caller.organisation_id, version)
        await savings.save(tx, changed)
        return await finish(
            tx, sent, savings.told("saving_rates_assumed", changed), rules.view(changed), status=200
        )
