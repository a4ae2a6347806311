"""End a limit of one's own scheme of delegation."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import delegation_limit as rules
from services.budget.store import delegation_limits
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def end_delegation_limit(
    db: Database, caller: Caller, sent: Sent, limit_id: UUID, expected_version: int, last_day: date
) -> Answer:
    """Give it its last day. What was decided under it stays as it was."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        # Another organisation's is not to be locked, only seen: the rule then says whose it is.
        held = await delegation_limits.lock(tx, limit_id)
        limit = held or await delegation_limits.get(tx, limit_id)
        ended = rules.end_limit(limit, last_day, caller.organisation_id)
        check_version(limit.version, expected_version)
        await delegation_limits.end(tx, ended)
        change = Change(
            what="delegation_limit_ended",
            thing="delegation",
            thing_id=ended.id,
            owner_organisation_id=ended.owner_organisation_id,
            partnership_id=ended.partnership_id,
            facts={"in_force_to": last_day.isoformat()},
        )
        return await finish(tx, sent, change, ended, status=200)
