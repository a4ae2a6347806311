"""Take a line apart into lines that come to it, to the penny."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.budget.rules.line_split import Piece, split
from services.budget.store import line_changes, line_moves, lines
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def split_line(
    db: Database,
    caller: Caller,
    sent: Sent,
    line_id: UUID,
    expected_version: int,
    move_id: UUID,
    split_on: date,
    why: str,
    pieces: Sequence[Piece],
) -> Answer:
    """Make the parts and end the line, as recorded at one instant."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        line = await lines.lock(tx, line_id)
        check_version(line.version, expected_version)
        await line_moves.hold(tx, [line.id])
        before = await line_moves.before(tx, line, split_on)
        moved = split(before, move_id, split_on, why, pieces)
        move = await line_moves.make(tx, (before,), moved)
        facts = {"parts": len(pieces), "total_pence": move.after_pence}
        return await finish(tx, sent, await line_changes.told(tx, "line_split", line, facts), move)
