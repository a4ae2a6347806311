"""Try whether a contract could move, and say what others must know of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.contracts.actions.register_contract import require_own
from services.contracts.rules.activation import Readiness, ready
from services.contracts.rules.contract import Contract
from services.contracts.store import contracts
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import check_version


async def try_move(
    db: Database,
    caller: Caller,
    contract_id: UUID,
    expected_version: int,
    rule: Callable[[Contract], Contract],
) -> Readiness:
    """Refuses as the move itself would: a contract that the caller does not lead is not there."""
    before, _ = await tried(db, caller, contract_id, expected_version, rule)
    return ready(before)


async def tried(
    db: Database,
    caller: Caller,
    contract_id: UUID,
    expected_version: int,
    rule: Callable[[Contract], Contract],
) -> tuple[Contract, Contract]:
    """The contract before and after, as far as the move would be made."""
    async with db.begin(caller, snapshot=True) as tx:
        contract, _ = await contracts.get(tx, contract_id)
    if contract.owner_organisation_id not in caller.organisations:
        raise NOT_FOUND()
    check_version(contract.version, expected_version)
    after = rule(contract)
    require_own(after, caller)
    return contract, after
