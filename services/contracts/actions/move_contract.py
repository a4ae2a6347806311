"""Move a contract in its life: lock it, ask the rule of the move, save it with the step that its history keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules.contract import Contract
from services.contracts.rules.step import KeptStep, Step
from services.contracts.store import contracts, steps
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish

Rule = Callable[[Contract, Sequence[KeptStep]], Contract]


@dataclass(frozen=True, slots=True)
class Asked:
    """A move that is asked for: what is told of it, its facts, and the rule that makes or refuses it."""

    what: str
    step: Step
    rule: Rule


async def move_contract(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, asked: Asked
) -> Answer:
    """Make the move with a contract that the caller leads, and is still at the version it was decided on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await contracts.lock(tx, contract_id)
        check_version(before.version, expected_version)
        after = asked.rule(before, await steps.of(tx, contract_id))
        require_own(after, caller)
        step = asked.step
        if after.value != before.value:
            step = replace(step, value_before=before.value, value_after=after.value)
        after = await contracts.save(tx, before, after, step)
        return await finish(tx, sent, told(asked.what, after), after, status=200)
