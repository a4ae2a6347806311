"""Set what a line's commitments may not pass."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import headroom as rules
from services.budget.rules.line import LINE_UNKNOWN, Arrangement
from services.budget.store import line_funds
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_commitment_limit(
    db: Database,
    caller: Caller,
    sent: Sent,
    limit_id: UUID,
    partnership_id: UUID,
    line_id: UUID,
    basis: rules.LimitBasis,
    limit_pence: int | None,
    why: str,
) -> Answer:
    """Under the line's lock, so that no reservation runs past it. What is committed beyond it already stays."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, partnership_id)
        found = (await line_funds.lock(tx, [line_id])).get(line_id)
        line = rules.require_usable(found, caller.organisation_id)
        if line.partnership_id != partnership_id:
            raise LINE_UNKNOWN("/line_id")
        limit = rules.set_limit(limit_id, line, caller.organisation_id, basis, limit_pence, why)
        await line_funds.add_limit(tx, limit)
        pooled = line.arrangement is Arrangement.POOLED
        change = Change(
            what="commitment_limit_set",
            thing="commitment_limit",
            thing_id=limit.id,
            owner_organisation_id=limit.owner_organisation_id,
            partnership_id=limit.partnership_id,
            readers=tuple(sorted(line.party_ids)) if pooled else (),
            facts={"line_id": str(line_id), "basis": basis.value},
        )
        return await finish(tx, sent, change, limit)
