"""End a dispute with its outcome."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import dispute as rules
from services.budget.store import disputed_records, disputes
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def resolve_dispute(
    db: Database,
    caller: Caller,
    sent: Sent,
    subject: tuple[rules.DisputeSubject, UUID],
    dispute_id: UUID,
    expected_version: int,
    ending: tuple[rules.DisputeOutcome, date, str],
) -> Answer:
    """By who raised it: only that organisation accepts the outcome or withdraws. `ending` with its day and reason."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        behind = await disputed_records.behind(tx, *subject)
        dispute = await disputes.lock(tx, subject[1], dispute_id)
        check_version(dispute.version, expected_version)
        rules.require_raiser(dispute, caller.organisations)
        resolved = rules.resolve(dispute, *ending, await today(tx))
        await disputes.save(tx, resolved)
        change = disputes.told("dispute_resolved", resolved, behind.parties)
        return await finish(tx, sent, change, resolved, status=200)
