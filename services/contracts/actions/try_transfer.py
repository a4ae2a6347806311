"""Try whether a transfer could be completed, and say who would go on for whom. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.contracts.actions.register_contract import require_own
from services.contracts.actions.try_records import try_records
from services.contracts.rules import transfer as rules
from services.contracts.rules.passing_on import PassingOn, by_transfer
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts, transfers, variations
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import check_version


async def try_transfer(
    db: Database,
    caller: Caller,
    transfer_id: UUID,
    expected_version: int,
    kind: rules.TransferKind,
    today: date,
) -> PassingOn:
    """Who would go on for whom. Refuses as the completion itself would; nothing is written."""
    async with db.begin(caller, snapshot=True) as tx:
        transfer = await transfers.get(tx, transfer_id, kind)
        before = await contracts.maybe(tx, transfer.contract_id)
        if before is None or before.owner_organisation_id not in caller.organisations:
            raise NOT_FOUND()
        check_version(transfer.version, expected_version)
        _, going, after = rules.complete(before, transfer, today, await variations.of_contract(tx, before.id))
        going = replace(going, occurrence=await contracts.next_occurrence(tx, going))
    if not rules.leads(after):
        require_own(going, caller)
        step = Step(Move(kind.value), on=after.effective_on, reason=after.role.value, note=after.reason)
        await try_records(db, caller, [going], step)
    return by_transfer(before, going, after)
