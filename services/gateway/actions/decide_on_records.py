"""Open the records that a scrutiny body asked for, or refuse them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.gateway.rules import record_grant as rules
from services.gateway.store import record_grants
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def decide_on_records(
    db: Database,
    caller: Caller,
    sent: Sent,
    grant_id: UUID,
    version: int,
    outcome: rules.GrantOutcome,
    why: str,
    days: tuple[date | None, date | None],
) -> Answer:
    """Decide on what was asked for, as read at this version. A refusal is kept like a grant."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await record_grants.lock(tx, rules.GrantPurpose.SCRUTINY, grant_id)
        check_version(before.version, version)
        many = await record_grants.already_open(tx, before.grantee_organisation_id)
        after = rules.decide(before, outcome, why, days, many)
        await record_grants.save(tx, after)
        change = Change(
            what=f"records_{after.state.value}",
            thing="record_grant",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            partnership_id=after.partnership_id,
            readers=(after.grantee_organisation_id,),
            facts={
                "records": len(after.records),
                "to_date": after.to_date.isoformat() if after.to_date else None,
            },
        )
        return await finish(tx, sent, change, after, status=200)
