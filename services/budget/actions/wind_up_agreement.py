"""Record that an agreement has ended, so that it winds up."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules.agreement_end import Ending
from services.budget.rules.winding_up import wind_up
from services.budget.store import agreement_versions, agreements
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def wind_up_agreement(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    expected_version: int,
    ended_on: date,
    ending: Ending,
) -> Answer:
    """From the day after its last, only what settles the past is posted."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        versions = await agreement_versions.every(tx, agreement_id)
        ended = wind_up(agreement, versions, ended_on, ending, caller.organisation_id, await today(tx))
        await agreements.save(tx, ended)
        return await finish(tx, sent, agreements.told("agreement_winding_up", ended), ended, status=200)
