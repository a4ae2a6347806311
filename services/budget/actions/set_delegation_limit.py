"""Record how much one body or officer of one's own organisation may decide."""

from __future__ import annotations

from services.budget.rules import delegation_limit as rules
from services.budget.store import delegation_limits
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_delegation_limit(db: Database, caller: Caller, sent: Sent, asked: rules.Limit) -> Answer:
    """Keep it as data with its dates: a case is held against what was in force on its day."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        limit = rules.keep_limit(asked)
        await delegation_limits.add(tx, limit)
        change = Change(
            what="delegation_limit_set",
            thing="delegation",
            thing_id=limit.id,
            owner_organisation_id=limit.owner_organisation_id,
            partnership_id=limit.partnership_id,
            facts={"subject": limit.subject.value, "decider_type": limit.decider_type.value},
        )
        return await finish(tx, sent, change, limit)
