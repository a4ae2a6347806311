"""Convert a line from one arrangement to another: a new line takes its place, the old one stays as a record."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules.line_move import ConversionAsked, convert
from services.budget.rules.pool import POOL_UNKNOWN, standing_of
from services.budget.store import agreements, line_changes, line_moves, lines, pools
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def convert_line(
    db: Database, caller: Caller, sent: Sent, line_id: UUID, expected_version: int, asked: ConversionAsked
) -> Answer:
    """Make the line in its new arrangement and end the old one, as recorded at one instant."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        line = await lines.lock(tx, line_id)
        check_version(line.version, expected_version)
        await line_moves.hold(tx, [line.id])
        standing = None
        if asked.pool_id is not None:
            pool = await pools.maybe(tx, asked.pool_id)
            if pool is None:
                raise POOL_UNKNOWN("/pool_id")
            standing = standing_of(pool, await agreements.get(tx, pool.agreement_id))
        before = await line_moves.before(tx, line, asked.converted_on)
        moved = convert(before, asked, standing)
        move = await line_moves.make(tx, (before,), moved)
        facts = {"to": asked.arrangement.value, "line_id": str(asked.line_id)}
        return await finish(
            tx, sent, await line_changes.told(tx, "line_converted", moved.made[0], facts), move
        )
