"""Withdraw a transfer that has not been completed."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.propose_transfer import transferred
from services.contracts.rules import transfer as rules
from services.contracts.store import contracts, transfers
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def withdraw_transfer(
    db: Database, caller: Caller, sent: Sent, transfer_id: UUID, expected_version: int
) -> Answer:
    """Take it back, for the lead of the contract."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await contracts.lock(tx, (await transfers.get(tx, transfer_id)).contract_id)
        before, _ = await transfers.lock(tx, transfer_id)
        check_version(before.version, expected_version)
        after = await transfers.move(tx, rules.withdraw(before))
        return await finish(tx, sent, transferred("contract_transfer_withdrawn", after), after, status=200)
