"""Give an organisation a role in a partnership."""

from __future__ import annotations

from services.gateway.rules import partnership as rules
from services.gateway.store import members, organisations, partnerships
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def add_member(db: Database, caller: Caller, sent: Sent, asked: rules.Member) -> Answer:
    """Record the membership, or give back what was answered when it was recorded before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await partnerships.lock(tx, asked.partnership_id)
        organisation = await organisations.find(tx, asked.organisation_id)
        member = rules.add_member(asked, organisation, await members.of(tx, asked.partnership_id))
        await members.add(tx, member)
        change = Change(
            what="member_added",
            thing="member",
            thing_id=member.id,
            owner_organisation_id=caller.organisation_id,
            partnership_id=member.partnership_id,
            readers=(member.organisation_id,),
            facts={"role": member.role.value},
        )
        return await finish(tx, sent, change, member)
