"""Vary what a commitment reserves, up or down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.budget.actions.reserve_commitment import require_within
from services.budget.rules import commitment as rules
from services.budget.rules.headroom import require_usable, shown
from services.budget.store import commitments, package_sights
from services.budget.store.commitment_events import told
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def vary_commitment(
    db: Database,
    caller: Caller,
    sent: Sent,
    commitment_id: UUID,
    expected_version: int,
    to_pence: int,
    day: date,
    why: str,
) -> Answer:
    """Upwards only as far as the line's limit lets it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        held, found = await commitments.lock(tx, commitment_id)
        line = require_usable(found, caller.organisation_id)
        check_version(held.version, expected_version)
        changed, move = rules.vary(held, line, to_pence, day, why)
        if move.amount_pence > 0:
            await require_within(tx, changed, move.amount_pence)
        await commitments.save(tx, changed, move)
        after = replace(line, committed_pence=line.committed_pence + move.amount_pence)
        thing = rules.shown(await package_sights.seen(tx, changed), shown(after))
        return await finish(tx, sent, told(changed, move, line), thing, status=200)
