"""Extend a contract by the options that it permits."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.rules import extension as rules
from services.contracts.rules.step import Move, Step
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def extend_contract(
    db: Database,
    caller: Caller,
    sent: Sent,
    contract_id: UUID,
    expected_version: int,
    decision: rules.Extension,
    note: str | None,
) -> Answer:
    """Exercise options that are left; due dates follow, and the history keeps both ends."""
    asked = Asked(
        "contract_extended",
        Step(Move.EXTENSION, on=decision.decided_on, note=note),
        lambda contract, _: rules.extend(contract, decision),
    )
    return await move_contract(db, caller, sent, contract_id, expected_version, asked)
