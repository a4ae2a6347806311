"""Write a comment under a return."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from services.outcomes.rules.return_comment import ReturnComment, check_party
from services.outcomes.store import return_comments, returns, revisions
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def comment_on_return(
    db: Database, caller: Caller, sent: Sent, return_id: UUID, pointer: str | None, text: str
) -> Answer:
    """Write the comment. Everybody who sees the return reads it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await returns.get(tx, return_id)
        check_party(found, caller.organisations)
        comment = ReturnComment(
            uuid4(), found.id, found.revision, pointer, text, caller.organisation_id, caller.client_id
        )
        comment = replace(comment, recorded_at=await return_comments.add(tx, found, comment))
        change = Change(
            what="return_commented",
            thing="return",
            thing_id=found.id,
            owner_organisation_id=found.owner_organisation_id,
            partnership_id=found.partnership_id,
            readers=tuple(revisions.parties(found)),
            facts={"revision": found.revision},
        )
        return await finish(tx, sent, change, comment)
