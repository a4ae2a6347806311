"""Take a variation into effect: the contract changes, its history keeps both terms, and due dates follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.contracts.actions.propose_variation import tested, varied
from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules import variation_move as rules
from services.contracts.rules.contract import Contract
from services.contracts.rules.first_award import FirstAward, first_award
from services.contracts.rules.modification import Declared
from services.contracts.rules.step import Move, Step
from services.contracts.rules.variation import Variation
from services.contracts.store import contracts, first_awards, variations
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


@dataclass(frozen=True, slots=True)
class Effect:
    """A variation and its contract, before it takes effect and after."""

    before: Contract
    proposed: Variation
    after: Contract
    variation: Variation


@dataclass(frozen=True, slots=True)
class Asked:
    """Which variation at which version. `contract_version`: at which its contract was, when its budget was worked out."""

    variation_id: UUID
    version: int
    contract_version: int | None = None


async def effect_variation(db: Database, caller: Caller, sent: Sent, asked: Asked, today: date) -> Answer:
    """Change the contract as agreed. The test is run again, since what took effect meanwhile counts with it."""
    variation_id = asked.variation_id
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract_id = (await variations.get(tx, variation_id)).contract_id
        contract = await contracts.lock(tx, contract_id)
        if asked.contract_version is not None:
            check_version(contract.version, asked.contract_version)
        await variations.lock(tx, variation_id)
        found = await variations.of_contract(tx, contract_id)
        award = await first_awards.of(tx, contract)
        effect = taken(caller, contract, (found, award), asked, today)
        revalued = effect.after.value != contract.value
        step = Step(
            Move.VARIATION,
            on=effect.proposed.effective_on,
            reason=effect.proposed.reason.value,
            note=effect.proposed.description,
            value_before=contract.value if revalued else None,
            value_after=effect.after.value if revalued else None,
        )
        after = await contracts.save(tx, contract, effect.after, step)
        await variations.keep_test(tx, effect.variation)
        variation = await variations.move(tx, effect.variation)
        await tell(tx, [told("contract_varied", after, variation_id=str(variation_id))])
        return await finish(tx, sent, varied("variation_in_effect", after, variation), variation, status=200)


def taken(
    caller: Caller,
    contract: Contract,
    known: tuple[Sequence[Variation], FirstAward | None],
    asked: Asked,
    today: date,
) -> Effect:
    """The contract as varied, and the variation with what its test says now. `known`: all variations of the contract,
    and what records before it were awarded as."""
    found, kept = known
    before = next(each for each in found if each.id == asked.variation_id)
    check_version(before.version, asked.version)
    after, variation = rules.take_effect(contract, before, variations.versions(found), today)
    require_own(after, caller)
    test = before.modification
    declared = Declared() if test is None else test.declared
    award = first_award(contract, found, kept)
    variation = replace(variation, modification=tested(contract, before, award, declared))
    rules.check_permitted(variation)
    return Effect(contract, before, after, variation)
