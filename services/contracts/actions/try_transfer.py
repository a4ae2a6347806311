"""Try whether a transfer could be completed, and say who would go on for whom. Nothing is written."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.register_contract import require_own
from services.contracts.rules import transfer as rules
from services.contracts.rules.passing_on import PassingOn, by_transfer
from services.contracts.store import contracts, transfers
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import check_version


async def try_transfer(
    db: Database, caller: Caller, transfer_id: UUID, expected_version: int, kind: rules.TransferKind
) -> PassingOn:
    """Who would go on for whom. Refuses as the completion itself would; nothing is written."""
    async with db.begin(caller, snapshot=True) as tx:
        transfer = await transfers.get(tx, transfer_id, kind)
        before = await contracts.maybe(tx, transfer.contract_id)
    if before is None or before.owner_organisation_id not in caller.organisations:
        raise NOT_FOUND()
    check_version(transfer.version, expected_version)
    _, going, after = rules.complete(before, transfer)
    if not rules.leads(after):
        require_own(going, caller)
    return by_transfer(before, going, after)
