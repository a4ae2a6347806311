"""Move a dispute on a contract: to its next stage, or to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from services.contracts.actions.raise_contract_dispute import told_of_dispute
from services.contracts.rules.contract_dispute import ContractDispute
from services.contracts.store import contract_disputes
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def move_contract_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    which: tuple[UUID, UUID, int],
    what: str,
    rule: Callable[[ContractDispute, date], ContractDispute],
) -> Answer:
    """Make the move. `which`: the contract, the dispute, and the version at which it was decided on."""
    contract_id, dispute_id, expected_version = which
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await contract_disputes.require_inside(tx, contract_id)
        before = await contract_disputes.lock(tx, contract_id, dispute_id)
        check_version(before.version, expected_version)
        after = rule(before, await contract_disputes.today(tx))
        made = await contract_disputes.save(tx, before, after)
        return await finish(tx, sent, told_of_dispute(what, made), made, status=200)
