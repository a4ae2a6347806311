"""Sign a new version of an agreement for one's own organisation."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import agreement_version as rules
from services.budget.rules.signature import Signatory
from services.budget.store import agreement_versions, agreements, decisions
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def sign_version(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    edition: int,
    expected_version: int,
    office: str,
    signed_on: date,
) -> Answer:
    """Sign it. Approvals that began to count since the last look (call-in is over) are settled first."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id, joining=True)
        version = await agreement_versions.get(tx, agreement_id, edition)
        check_version(version.version, expected_version)
        day = await today(tx)
        settled = rules.settle(version, agreement, await decisions.on_subject(tx, agreement_id), day)
        if settled.stage is not version.stage:
            await agreement_versions.save(tx, settled)
            version = settled
        signed = rules.sign(version, Signatory(caller.organisation_id, office, signed_on), day)
        await agreement_versions.save(tx, signed)
        change = agreements.told("agreement_version_signed", agreement)
        return await finish(tx, sent, change, signed, status=200)
