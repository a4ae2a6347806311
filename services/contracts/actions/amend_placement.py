"""Amend a placement: anything while it is planned, what may change in care afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.contracts.actions.register_placement import contract_for, told_of
from services.contracts.rules import placement as rules
from services.contracts.store import placements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, finish_unchanged


async def amend_placement(
    db: Database,
    caller: Caller,
    sent: Sent,
    placement_id: UUID,
    expected_version: int,
    changes: Mapping[str, Any],
) -> Answer:
    """Give these fields these contents, in a placement that is still at the version it was decided on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await placements.lock(tx, placement_id)
        check_version(before.version, expected_version)
        contract = await contract_for(tx, before.contract_id) if "start_date" in changes else None
        after = rules.amend(before, changes, contract)
        if after == before:
            return await finish_unchanged(tx, sent, before)
        after = await placements.save(tx, before, after)
        return await finish(tx, sent, told_of("placement_amended", after), after, status=200)
