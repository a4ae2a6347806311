"""Give a membership its last day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.gateway.rules import partnership as rules
from services.gateway.store import members, partnerships
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def end_member(
    db: Database,
    caller: Caller,
    sent: Sent,
    partnership_id: UUID,
    member_id: UUID,
    version: int,
    to_date: date | None,
) -> Answer:
    """End a membership that was read at this version on a day, or with None let it go on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await partnerships.lock(tx, partnership_id)
        before = await members.get(tx, partnership_id, member_id)
        check_version(before.version, version)
        after = rules.end_member(before, to_date, await members.of(tx, partnership_id))
        await members.save(tx, after)
        change = Change(
            what="member_ended",
            thing="member",
            thing_id=after.id,
            owner_organisation_id=caller.organisation_id,
            partnership_id=partnership_id,
            readers=(after.organisation_id,),
            facts={"to_date": to_date.isoformat() if to_date else None},
        )
        return await finish(tx, sent, change, after, status=200)
