"""Ask a commissioner to open named records to a scrutiny body."""

from __future__ import annotations

from services.gateway.rules import record_grant as rules
from services.gateway.store import members, record_grants
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def ask_for_records(db: Database, caller: Caller, sent: Sent, asked: rules.RecordGrant) -> Answer:
    """Record what is asked for and why, or give back what was answered when it was asked before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await members.of(tx, asked.partnership_id)
        grant = rules.ask(asked, found, await record_grants.today(tx))
        await record_grants.add(tx, grant)
        change = Change(
            what="records_asked_for",
            thing="record_grant",
            thing_id=grant.id,
            owner_organisation_id=grant.owner_organisation_id,
            partnership_id=grant.partnership_id,
            readers=(grant.grantee_organisation_id,),
            facts={"purpose": grant.purpose.value, "records": len(grant.records)},
        )
        return await finish(tx, sent, change, grant)
