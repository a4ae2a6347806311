"""Split a contract into several, with the proof of what went on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from services.contracts.actions.consolidate_contracts import keep_regrouping, ready, regrouped, sources_of
from services.contracts.rules import consolidation as rules
from services.contracts.rules.first_award import shared
from services.contracts.rules.step import Move
from services.contracts.store import first_awards
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def split_contract(
    db: Database,
    caller: Caller,
    sent: Sent,
    made: rules.Regrouping,
    parts: Sequence[rules.NewContract],
    today: date,
) -> Answer:
    """End a contract that the caller leads, and let its parts go on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        sources = await sources_of(tx, made.source_contract_ids)
        [award] = await ready(tx, sources, made.effective_on, today)
        ended, going = rules.split(sources[0], parts, made.effective_on)
        made = rules.proven(made, sources, [ended], going)
        made = await keep_regrouping(tx, caller, made, sources, [ended], going, Move.SPLIT)
        shares = [each.share_percent or Decimal(0) for each in parts]
        await first_awards.add_all(tx, list(zip(going, shared(award, shares), strict=True)))
        return await finish(tx, sent, regrouped(made), made)
