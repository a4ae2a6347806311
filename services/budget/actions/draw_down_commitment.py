"""Draw a commitment down by a journal that paid for it, or restore it by that journal's reversal."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.budget.rules import commitment as rules
from services.budget.rules.headroom import require_usable, shown
from services.budget.store import commitments, package_sights
from services.budget.store.commitment_events import told
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def draw_down_commitment(
    db: Database,
    caller: Caller,
    sent: Sent,
    commitment_id: UUID,
    expected_version: int,
    journal_id: UUID,
    amount_pence: int | None,
    beyond_rest: bool,
) -> Answer:
    """Each journal counts once for a commitment."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        held, found = await commitments.lock(tx, commitment_id)
        line = require_usable(found, caller.organisation_id)
        check_version(held.version, expected_version)
        payment = await commitments.payment(tx, held, journal_id)
        changed, move = rules.draw_down(held, line, payment, amount_pence, beyond_rest)
        await commitments.save(tx, changed, move)
        after = replace(line, committed_pence=line.committed_pence + move.amount_pence)
        thing = rules.shown(await package_sights.seen(tx, changed), shown(after))
        return await finish(tx, sent, told(changed, move, line), thing, status=200)
