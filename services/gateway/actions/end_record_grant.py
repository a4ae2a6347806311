"""Close records that were opened to scrutiny or an auditor before their last day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.gateway.rules import record_grant as rules
from services.gateway.store import record_grants
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def end_record_grant(
    db: Database,
    caller: Caller,
    sent: Sent,
    purpose: rules.GrantPurpose,
    grant_id: UUID,
    version: int,
    to_date: date,
) -> Answer:
    """Bring the last day of a grant forward that was read at this version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await record_grants.lock(tx, purpose, grant_id)
        check_version(before.version, version)
        after = rules.end(before, to_date)
        await record_grants.save(tx, after)
        change = Change(
            what="record_grant_ended",
            thing="record_grant",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            partnership_id=after.partnership_id,
            readers=(after.grantee_organisation_id,),
            facts={"to_date": to_date.isoformat()},
        )
        return await finish(tx, sent, change, after, status=200)
