"""Lay down what a year's money is held against: a minimum, a control total, an item that a pool must hold."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules.funding_requirement import REQUIREMENT_UNKNOWN, FundingRequirement, require
from services.budget.rules.pool import POOL_UNKNOWN
from services.budget.store import agreements, funding_requirements, pools
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def set_funding_requirement(
    db: Database, caller: Caller, sent: Sent, asked: FundingRequirement
) -> Answer:
    """Keep it. A later one names the one that it replaces, and both stay."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        requirement = require(asked)
        readers = await _parties(tx, requirement)
        if asked.replaces_requirement_id is not None:
            former = await funding_requirements.maybe(tx, asked.replaces_requirement_id)
            mine = former is not None and former.owner_organisation_id == caller.organisation_id
            if not mine or former is None or former.partnership_id != asked.partnership_id:
                raise REQUIREMENT_UNKNOWN("/replaces_requirement_id")
        await funding_requirements.add(tx, requirement)
        change = Change(
            what="funding_requirement_set",
            thing="funding_requirement",
            thing_id=requirement.id,
            owner_organisation_id=requirement.owner_organisation_id,
            partnership_id=requirement.partnership_id,
            readers=readers,
            facts={"kind": requirement.kind.value, "financial_year": requirement.financial_year},
        )
        return await finish(tx, sent, change, requirement)


async def _parties(tx: Transaction, requirement: FundingRequirement) -> tuple[UUID, ...]:
    if requirement.pool_id is None:
        return ()
    pool = await pools.maybe(tx, requirement.pool_id)
    if pool is None or pool.partnership_id != requirement.partnership_id:
        raise POOL_UNKNOWN("/pool_id")
    agreement = await agreements.get(tx, pool.agreement_id)
    return tuple(party.organisation_id for party in agreement.terms.parties)
