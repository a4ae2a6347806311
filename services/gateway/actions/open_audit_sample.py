"""Open a sample of one's own records to the auditor that is appointed to one's organisation."""

from __future__ import annotations

from services.gateway.rules import record_grant as rules
from services.gateway.store import members, record_grants
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def open_audit_sample(db: Database, caller: Caller, sent: Sent, asked: rules.RecordGrant) -> Answer:
    """Record the sample, or give back what was answered when it was recorded before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await members.of(tx, asked.partnership_id)
        many = await record_grants.already_open(tx, asked.grantee_organisation_id)
        grant = rules.open_sample(asked, found, await record_grants.today(tx), many)
        await record_grants.add(tx, grant)
        change = Change(
            what="audit_sample_opened",
            thing="record_grant",
            thing_id=grant.id,
            owner_organisation_id=grant.owner_organisation_id,
            partnership_id=grant.partnership_id,
            readers=(grant.grantee_organisation_id,),
            facts={"purpose": grant.purpose.value, "records": len(grant.records)},
        )
        return await finish(tx, sent, change, grant)
