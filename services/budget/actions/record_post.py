"""Record a post and who pays which part of it."""

from __future__ import annotations

from services.budget.rules.post_record import PostRecord, work_out
from services.budget.store import assessments
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_post(db: Database, caller: Caller, sent: Sent, asked: PostRecord) -> Answer:
    """Keep the post with what each partner pays, in a full year and in the one in which it starts."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        record = work_out(asked)
        await assessments.posts.add(tx, record.name, record)
        change = Change(
            what="post_recorded",
            thing="post",
            thing_id=record.id,
            owner_organisation_id=record.owner_organisation_id,
            partnership_id=record.partnership_id,
        )
        return await finish(tx, sent, change, record)
