"""Open a pool under an agreement."""

from __future__ import annotations

from services.budget.rules import pool as rules
from services.budget.rules.agreement import AGREEMENT_UNKNOWN
from services.budget.store import agreements, pools
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def open_pool(db: Database, caller: Caller, sent: Sent, asked: rules.PoolAsked) -> Answer:
    """Open it for the agreement's host, real or as a shadow, as the agreement's state allows."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        try:
            agreement = await agreements.lock(tx, asked.agreement_id)
        except Refusal as refusal:
            if refusal.reason is not NOT_FOUND:
                raise
            raise AGREEMENT_UNKNOWN("/agreement_id") from None
        pool = rules.open_pool(asked, agreement)
        await pools.add(tx, pool)
        change = Change(
            what="pool_opened",
            thing="pool",
            thing_id=pool.id,
            owner_organisation_id=pool.owner_organisation_id,
            partnership_id=pool.partnership_id,
            readers=tuple(party.organisation_id for party in agreement.terms.parties),
            facts={"category": pool.category.value, "arrangement": pool.arrangement.value},
        )
        return await finish(tx, sent, change, pool)
