"""Propose the settlement of a pool's year, for each party to approve."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import settlement as rules
from services.budget.rules.simulation import Basis
from services.budget.store import agreements, settlement_facts, settlements
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def propose_settlement(
    db: Database, caller: Caller, sent: Sent, settlement_id: UUID, basis: Basis
) -> Answer:
    """Work it out on what is recorded now and keep it, with the figures that it rests on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        simulated, pool = await settlement_facts.simulate(tx, basis)
        require_commissioner(tx, pool.partnership_id)
        agreement = await agreements.get(tx, pool.agreement_id)
        asked = rules.Settlement(
            id=settlement_id,
            partnership_id=pool.partnership_id,
            owner_organisation_id=caller.organisation_id,
            pool_id=pool.id,
            risk_share_id=simulated.risk_share_id,
            agreement_id=agreement.id,
            financial_year=simulated.financial_year,
            source=simulated.source,
            as_at=simulated.as_at,
            facts=simulated.facts,
            outcome=simulated.outcome,
            party_ids=tuple(party.organisation_id for party in agreement.terms.parties),
        )
        proposed = rules.propose(asked, pool.arrangement)
        await settlements.add(tx, proposed, rules.Maker(caller.client_id, caller.person))
        return await finish(tx, sent, settlements.told("settlement_proposed", proposed), proposed)
