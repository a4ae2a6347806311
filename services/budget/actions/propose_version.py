"""Propose a new version of an agreement in force."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import agreement_version as rules
from services.budget.rules.terms import Terms
from services.budget.store import agreement_versions, agreements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def propose_version(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    expected_version: int,
    terms: Terms,
    reason: str,
) -> Answer:
    """Keep it as a draft beside the text that holds. Who would join by it may now decide and sign."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        versions = await agreement_versions.every(tx, agreement_id)
        proposed = rules.propose(agreement, versions, caller.organisation_id, terms, reason)
        agreement = rules.joining(agreement, proposed)
        await agreements.save(tx, agreement)
        await agreement_versions.add(tx, proposed)
        return await finish(tx, sent, agreements.told("agreement_version_proposed", agreement), proposed)
