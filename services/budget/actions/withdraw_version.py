"""Withdraw a version of an agreement that is on its way."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import agreement_version as rules
from services.budget.store import agreement_versions, agreements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def withdraw_version(
    db: Database, caller: Caller, sent: Sent, agreement_id: UUID, edition: int, expected_version: int
) -> Answer:
    """Only the party that proposed it does so. Who would have joined by it has no more part in the agreement."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        version = await agreement_versions.get(tx, agreement_id, edition)
        check_version(version.version, expected_version)
        withdrawn = rules.withdraw(version, caller.organisation_id)
        await agreement_versions.save(tx, withdrawn)
        change = agreements.told("agreement_version_withdrawn", agreement)
        await agreements.save(tx, rules.joining(agreement, None))
        return await finish(tx, sent, change, withdrawn, status=200)
