"""End a part of a contract, which is worth less from then on."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.rules import life
from services.contracts.rules.step import Step
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent
from shared.money import Money


async def part_terminate_contract(
    db: Database,
    caller: Caller,
    sent: Sent,
    contract_id: UUID,
    expected_version: int,
    step: Step,
    value: Money | None,
) -> Answer:
    """End it from the day of the step on; the history keeps what the contract was worth before."""
    assert step.on is not None
    on = step.on
    asked = Asked(
        "contract_part_terminated", step, lambda contract, _: life.part_terminate(contract, on, value)
    )
    return await move_contract(db, caller, sent, contract_id, expected_version, asked)
