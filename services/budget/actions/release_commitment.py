"""Release some of a commitment's rest, or all of it, to its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.budget.rules import commitment as rules
from services.budget.rules.headroom import require_usable, shown
from services.budget.store import commitments, package_sights
from services.budget.store.commitment_events import told
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def release_commitment(
    db: Database,
    caller: Caller,
    sent: Sent,
    commitment_id: UUID,
    expected_version: int,
    amount_pence: int | None,
    day: date,
    why: str,
) -> Answer:
    """What was drawn down stays drawn down."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        held, found = await commitments.lock(tx, commitment_id)
        line = require_usable(found, caller.organisation_id)
        check_version(held.version, expected_version)
        changed, move = rules.release(held, amount_pence, day, why)
        await commitments.save(tx, changed, move)
        after = replace(line, committed_pence=line.committed_pence + move.amount_pence)
        thing = rules.shown(await package_sights.seen(tx, changed), shown(after))
        return await finish(tx, sent, told(changed, move, line), thing, status=200)
