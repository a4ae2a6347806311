"""Open a budget line of one's own for a year: pooled, aligned or shadow, with its legal reason."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import line as rules
from services.budget.rules.agreement import Agreement
from services.budget.rules.pool import POOL_UNKNOWN, Pool, standing_of
from services.budget.rules.profile import require_continues
from services.budget.rules.sight import readers
from services.budget.store import agreements, lines, pools
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def open_line(db: Database, caller: Caller, sent: Sent, asked: rules.Line) -> Answer:
    """Open it, if the law and the agreement's own scope allow the arrangement that is asked for."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        agreement, standing = None, None
        if asked.pool_id is not None:
            pool, agreement = await pool_and_agreement(tx, asked.pool_id)
            standing = standing_of(pool, agreement)
        line = rules.open_line(asked, standing)
        former = line.continues_line_id and await lines.maybe(tx, line.continues_line_id)
        require_continues(line, former or None)
        await lines.add(tx, line)
        change = Change(
            what="line_opened",
            thing="line",
            thing_id=line.id,
            owner_organisation_id=line.owner_organisation_id,
            partnership_id=line.partnership_id,
            readers=readers(line.arrangement, line.owner_organisation_id, agreement),
            facts={"arrangement": line.arrangement.value, "financial_year": line.financial_year},
        )
        return await finish(tx, sent, change, line)


async def pool_and_agreement(tx: Transaction, pool_id: UUID) -> tuple[Pool, Agreement]:
    """The pool that a line or a contribution names, with the agreement it stands under."""
    pool = await pools.maybe(tx, pool_id)
    if pool is None:
        raise POOL_UNKNOWN("/pool_id")
    return pool, await agreements.get(tx, pool.agreement_id)
