"""Give back what was set aside for a contract which has ended, or which costs less than it did."""

from __future__ import annotations

from services.budget.actions.revise_for_contract import usable_lines
from services.budget.rules import contract_release as rules
from services.budget.store import commitments, line_funds
from services.budget.store.commitment_events import told
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, tell


async def release_for_contract(
    db: Database, caller: Caller, sent: Sent, asked: rules.ContractRelease
) -> Answer:
    """Release what the caller may. Of a contract that has ended, what is another organisation's is left, and the answer
    says how much; what is named goes back whole or not at all."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await line_funds.lock(tx, await commitments.lines_of_contract(tx, asked.contract_id))
        lines = usable_lines(found, caller.organisation_id)
        all_held = await commitments.lock_of_contract(tx, asked.contract_id)
        rules.check_usable(asked, (each.id for each in all_held if each.line_id in lines))
        done, changes = [], []
        for held in all_held:
            if not rules.concerns(asked, held):
                continue
            line = lines.get(held.line_id)
            if line is None or rules.wanted_pence(asked, held) == 0:
                done.append(rules.untouched(held))
                continue
            changed, move = rules.give_back(asked, held)
            await commitments.save(tx, changed, move)
            done.append(rules.released(held, changed))
            changes.append(told(changed, move, line))
        thing = rules.ContractReleased(asked.contract_id, tuple(done))
        if not changes:
            return await finish_unchanged(tx, sent, thing)
        await tell(tx, changes[:-1])
        return await finish(tx, sent, changes[-1], thing, status=200)
