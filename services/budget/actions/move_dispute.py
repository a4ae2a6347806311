"""Take a dispute to its next stage."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import dispute as rules
from services.budget.store import disputed_records, disputes
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def move_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    subject: tuple[rules.DisputeSubject, UUID],
    dispute_id: UUID,
    expected_version: int,
    stage: tuple[rules.DisputeStage, date, date],
) -> Answer:
    """`stage` with the day on which it began and the day by which it should have ended."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        behind = await disputed_records.behind(tx, *subject)
        dispute = await disputes.lock(tx, subject[1], dispute_id)
        check_version(dispute.version, expected_version)
        moved = rules.move_on(dispute, *stage, await today(tx))
        await disputes.save(tx, moved)
        change = disputes.told("dispute_moved_on", moved, behind.parties)
        return await finish(tx, sent, change, moved, status=200)
