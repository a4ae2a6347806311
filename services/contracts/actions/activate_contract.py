"""Bring an awarded contract into force, with what the gateway saw behind it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules import move as rules
from services.contracts.rules.activation import Backing, back
from services.contracts.rules.step import Move, Step
from services.contracts.store import activations, contracts
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def activate_contract(
    db: Database,
    caller: Caller,
    sent: Sent,
    contract_id: UUID,
    expected_version: int,
    active_from: date,
    backing: Backing,
) -> Answer:
    """Activate the contract, once its dates, parties, funding, outcomes and budget are complete."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await contracts.lock(tx, contract_id)
        check_version(before.version, expected_version)
        after = rules.activate(before, active_from)
        require_own(after, caller)
        activation = back(before, active_from, backing)
        after = await contracts.save(tx, before, after, Step(Move.ACTIVATION, on=active_from))
        await activations.add(tx, activation)
        return await finish(tx, sent, told("contract_activated", after), after, status=200)
