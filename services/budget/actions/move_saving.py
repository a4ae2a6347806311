"""Record how the delivery of a saving stands."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import saving_line as rules
from services.budget.store import savings
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def move_saving(
    db: Database, caller: Caller, sent: Sent, saving_id: UUID, expected_version: int, move: rules.Move
) -> Answer:
    """Each move stays in the line's history."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        saving = await savings.lock(tx, saving_id)
        check_version(saving.version, expected_version)
        moved = rules.move(saving, caller.organisation_id, move)
        await savings.add_move(tx, moved)
        await savings.save(tx, moved)
        return await finish(tx, sent, savings.told("saving_moved", moved), rules.view(moved), status=200)
