"""Complete a transfer: the record ends, and the next one goes on or is handed over to the incoming lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.contracts.actions.propose_transfer import transferred
from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules import transfer as rules
from services.contracts.rules.first_award import first_award
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts, first_awards, transfers, variations
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


async def complete_transfer(
    db: Database,
    caller: Caller,
    sent: Sent,
    transfer_id: UUID,
    expected_version: int,
    kind: rules.TransferKind,
    today: date,
) -> Answer:
    """End the record on the day before. Payments and returns of before stay with it, and the next points back."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract_id = (await transfers.get(tx, transfer_id, kind)).contract_id
        before = await contracts.lock(tx, contract_id)
        transfer, _ = await transfers.lock(tx, transfer_id)
        check_version(transfer.version, expected_version)
        found = await variations.of_contract(tx, contract_id)
        ended, going, transfer = rules.complete(before, transfer, today, found)
        award = first_award(before, found, await first_awards.of(tx, before))
        move = Move(transfer.kind.value)
        step = Step(move, on=transfer.effective_on, reason=transfer.role.value, note=transfer.reason)
        ended = await contracts.save(tx, before, ended, step)
        changes = [told("contract_novated", ended, new_contract_id=str(going.id))]
        if not rules.leads(transfer):
            require_own(going, caller)
            going = replace(going, occurrence=await contracts.next_occurrence(tx, going))
            going = await contracts.add(tx, going, step)
            await first_awards.add_all(tx, [(going, award)])
            changes.append(told("contract_taken_over", going, contract_id=str(ended.id)))
        handed = transfers.Handed(going, award) if rules.leads(transfer) else None
        transfer = await transfers.move(tx, transfer, handed)
        await tell(tx, changes)
        return await finish(
            tx, sent, transferred("contract_transfer_completed", transfer), transfer, status=200
        )
