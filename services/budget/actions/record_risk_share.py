"""Record a version of a pool's risk and benefit share, as its agreement has it."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules import risk_share as rules
from services.budget.rules.pool import POOL_UNKNOWN
from services.budget.store import agreements, pools, risk_shares
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def record_risk_share(db: Database, caller: Caller, sent: Sent, asked: rules.RiskShare) -> Answer:
    """Keep it as the pool's next edition, if its steps hold together and leave nothing without a taker."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        pool = await pools.maybe(tx, asked.pool_id)
        if pool is None or pool.partnership_id != asked.partnership_id:
            raise POOL_UNKNOWN("/pool_id")
        agreement = await agreements.get(tx, pool.agreement_id)
        parties = tuple(party.organisation_id for party in agreement.terms.parties)
        if asked.owner_organisation_id not in parties:
            raise rules.PARTIES_RECORD("/pool_id")
        rules.check(asked.scheme, pool.id, parties)
        rules.require_within(
            asked.effective_from, agreement.commenced_on, agreement.terms.begins_on, agreement.terms.ends_on
        )
        await _require_pools(tx, asked)
        edition = await risk_shares.latest_edition(tx, pool.id) + 1
        recorded = replace(asked, agreement_id=agreement.id, edition=edition)
        await risk_shares.add(tx, recorded)
        change = Change(
            what="risk_share_recorded",
            thing="risk_share",
            thing_id=recorded.id,
            owner_organisation_id=recorded.owner_organisation_id,
            partnership_id=recorded.partnership_id,
            readers=parties,
            facts={"pool_id": str(pool.id), "edition": edition},
        )
        return await finish(tx, sent, change, recorded)


async def _require_pools(tx: Transaction, asked: rules.RiskShare) -> None:
    """The other pools whose underspends are drawn on are pools of the same partnership."""
    for number, step in enumerate(asked.scheme.overspend):
        for index, pool_id in enumerate(step.pool_ids):
            other = await pools.maybe(tx, pool_id)
            if other is None or other.partnership_id != asked.partnership_id:
                raise rules.POOL_ELSEWHERE(f"/overspend/{number}/pool_ids/{index}")
