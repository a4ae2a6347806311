"""End a data-sharing agreement, as any party may."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.gateway.rules import data_sharing_agreement as rules
from services.gateway.store import data_sharing_agreements
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def end_sharing(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    version: int,
    to_date: date,
    reason: str,
) -> Answer:
    """Give an agreement that was read at this version an earlier last day."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await data_sharing_agreements.lock(tx, agreement_id)
        check_version(before.version, version)
        after = rules.end(before, to_date, reason, await data_sharing_agreements.today(tx))
        await data_sharing_agreements.save(tx, after)
        change = Change(
            what="data_sharing_agreement_ended",
            thing="data_sharing_agreement",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            partnership_id=after.partnership_id,
            readers=tuple(rules.readers_of(after, caller)),
            facts={"to_date": to_date.isoformat(), "state": after.state.value},
        )
        return await finish(tx, sent, change, after, status=200)
