"""Let a new version of an agreement take over from the text that holds."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import agreement_version as rules
from services.budget.rules.signature import Commencing
from services.budget.store import agreement_versions, agreements, pools
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def commence_version(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    edition: int,
    expected_version: int,
    commenced_on: date,
) -> Answer:
    """Record what the caller's organisation says of the day; once it holds, the pools follow the host it names."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id, joining=True)
        versions = await agreement_versions.every(tx, agreement_id)
        version = agreement_versions.one(versions, edition)
        check_version(version.version, expected_version)
        present = agreement_versions.one(versions, agreement.edition)
        said = Commencing(caller.organisation_id, commenced_on)
        new, old, under = rules.take_over(version, present, agreement, said, await today(tx))
        if new.stage is not rules.VersionStage.IN_FORCE:
            await agreement_versions.save(tx, new)
            change = agreements.told("commencement_day_stated", agreement)
            return await finish(tx, sent, change, new, status=200)
        await agreement_versions.save(tx, old)
        await agreement_versions.save(tx, new)
        await agreements.save(tx, under)
        if under.terms.host_organisation_id not in {None, agreement.terms.host_organisation_id}:
            await pools.rehost(tx, agreement_id, under.terms.host_organisation_id)
        change = agreements.told("agreement_version_took_over", under)
        return await finish(tx, sent, change, new, status=200)
