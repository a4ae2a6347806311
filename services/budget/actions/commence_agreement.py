"""Bring an agreement into force, and turn its shadow pools into real ones."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import agreement as rules
from services.budget.rules.agreement_version import first_version
from services.budget.rules.pool import turn_real
from services.budget.rules.signature import Commencing
from services.budget.store import agreement_versions, agreements, pools
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def commence_agreement(
    db: Database, caller: Caller, sent: Sent, agreement_id: UUID, expected_version: int, commenced_on: date
) -> Answer:
    """Record what the caller's organisation says of the day; in force once the text or every party says the same.

    From that day the pools hold real money. Lines of shadow years stay shadow: that money never moved.
    """
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        rules.require_party(agreement, caller.organisation_id)
        said = Commencing(caller.organisation_id, commenced_on)
        changed = rules.commence(agreement, said, await today(tx))
        await agreements.save(tx, changed)
        if changed.state is not rules.State.IN_FORCE:
            return await finish(
                tx, sent, agreements.told("commencement_day_stated", changed), changed, status=200
            )
        await agreement_versions.add(tx, first_version(changed))
        for pool in await pools.lock_shadows(tx, agreement_id):
            await pools.save(tx, turn_real(pool, changed))
        return await finish(tx, sent, agreements.told("agreement_commenced", changed), changed, status=200)
