"""Propose a variation: with what stood before, what it does to each year, and what the modification test says."""

from __future__ import annotations

from dataclasses import replace

from services.contracts.rules import variation_move as rules
from services.contracts.rules.contract import Contract
from services.contracts.rules.first_award import FirstAward, first_award, measure
from services.contracts.rules.modification import Declared, Modification
from services.contracts.rules.modification_test import run_test
from services.contracts.rules.variation import Variation
from services.contracts.rules.yearly_value import effects
from services.contracts.store import contracts, first_awards, variations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def propose_variation(
    db: Database, caller: Caller, sent: Sent, proposed: Variation, declared: Declared
) -> Answer:
    """Keep the proposal, or give back what was answered when it was proposed before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contracts.lock(tx, proposed.contract_id)
        others = await variations.of_contract(tx, contract.id)
        proposed = replace(
            proposed,
            owner_organisation_id=contract.owner_organisation_id,
            partnership_id=contract.partnership_id,
        )
        variation = rules.propose(contract, proposed, variations.versions(others))
        after = rules.changed(contract, variation)
        variation = replace(variation, yearly=effects(contract, after, variation.effective_on))
        award = first_award(contract, others, await first_awards.of(tx, contract))
        variation = replace(variation, modification=tested(contract, variation, award, declared))
        variation = await variations.add(tx, variation)
        return await finish(tx, sent, varied("variation_proposed", contract, variation), variation)


def tested(contract: Contract, variation: Variation, award: FirstAward, declared: Declared) -> Modification:
    """What the modification test of the contract's regime says, from its award on with all that is in effect."""
    size = measure(award, variation.yearly, rules.changed(contract, variation))
    return run_test(contract.modification_regime or contract.award_regime, declared, size)


def varied(what: str, contract: Contract, variation: Variation) -> Change:
    """What is told of a variation, to the parties of the contract."""
    return Change(
        what=what,
        thing="variation",
        thing_id=variation.id,
        owner_organisation_id=contract.owner_organisation_id,
        partnership_id=contract.partnership_id,
        readers=(*contract.associate_ids, *contract.provider_ids),
        facts={
            "contract_id": str(contract.id),
            "state": variation.state.value,
            "effective_on": variation.effective_on.isoformat(),
        },
    )
