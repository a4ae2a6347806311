"""Take a variation into effect: the contract changes, its history keeps both terms, and due dates follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.contracts.actions.propose_variation import tested, varied
from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules import variation_move as rules
from services.contracts.rules.modification import Declared
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts, variations
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


async def effect_variation(
    db: Database, caller: Caller, sent: Sent, variation_id: UUID, expected_version: int, today: date
) -> Answer:
    """Change the contract as agreed. The test is run again, since what took effect meanwhile counts with it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract_id = (await variations.get(tx, variation_id)).contract_id
        contract = await contracts.lock(tx, contract_id)
        await variations.lock(tx, variation_id)
        found = await variations.of_contract(tx, contract_id)
        before = next(each for each in found if each.id == variation_id)
        check_version(before.version, expected_version)
        after, variation = rules.take_effect(contract, before, variations.versions(found), today)
        require_own(after, caller)
        test = before.modification
        declared = Declared() if test is None else test.declared
        variation = replace(variation, modification=tested(contract, before, found, declared))
        rules.check_permitted(variation)
        step = Step(
            Move.VARIATION,
            on=before.effective_on,
            reason=before.reason.value,
            note=before.description,
            value_before=contract.value if after.value != contract.value else None,
            value_after=after.value if after.value != contract.value else None,
        )
        after = await contracts.save(tx, contract, after, step)
        await variations.keep_test(tx, variation)
        variation = await variations.move(tx, variation)
        await tell(tx, [told("contract_varied", after, variation_id=str(variation_id))])
        return await finish(tx, sent, varied("variation_in_effect", after, variation), variation, status=200)
