"""Amend a contract: what describes it at any time, its terms only until they are in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.contracts.actions.register_contract import require_own, require_related, told
from services.contracts.rules import move as rules
from services.contracts.store import contracts
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, finish_unchanged


async def amend_contract(
    db: Database,
    caller: Caller,
    sent: Sent,
    contract_id: UUID,
    expected_version: int,
    changes: Mapping[str, Any],
) -> Answer:
    """Give these fields these contents, in a contract that is still at the version it was decided on.

    Where they are its contents already, nothing happened: it is answered as it is, and nobody is told.
    """
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await contracts.lock(tx, contract_id)
        check_version(before.version, expected_version)
        after = rules.amend(before, changes)
        require_own(after, caller)
        if after.related != before.related:
            await require_related(tx, after)
        if after == before:
            return await finish_unchanged(tx, sent, before)
        after = await contracts.save(tx, before, after)
        return await finish(tx, sent, told("contract_amended", after), after, status=200)
