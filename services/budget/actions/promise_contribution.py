"""Promise one's own contribution to a pool for a year, or replace an earlier promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.budget.actions.open_line import pool_and_agreement
from services.budget.rules import contribution as rules
from services.budget.rules.pool import held_as
from services.budget.rules.sight import readers
from services.budget.store import contributions
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def promise_contribution(
    db: Database,
    caller: Caller,
    sent: Sent,
    asked: rules.Contribution,
    instalments: Sequence[tuple[date, int | None]] | None,
) -> Answer:
    """Keep the promise. An unknown amount is kept as unknown; a later one names the one that it replaces."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        pool, agreement = await pool_and_agreement(tx, asked.pool_id)
        held = held_as(pool, agreement.commenced_on, asked.financial_year)
        parties = [party.organisation_id for party in agreement.terms.parties]
        replaced = await _replaced(tx, asked)
        asked = replace(asked, arrangement=held)
        promised = rules.promise(asked, pool.partnership_id, parties, replaced, instalments)
        await contributions.add(tx, promised)
        change = Change(
            what="contribution_promised",
            thing="contribution",
            thing_id=promised.id,
            owner_organisation_id=promised.owner_organisation_id,
            partnership_id=promised.partnership_id,
            readers=readers(held, promised.owner_organisation_id, agreement),
            facts={"pool_id": str(promised.pool_id), "financial_year": promised.financial_year},
        )
        return await finish(tx, sent, change, promised)


async def _replaced(tx: Transaction, asked: rules.Contribution) -> rules.Contribution | None:
    if asked.replaces_contribution_id is None:
        return None
    try:
        return await contributions.get(tx, asked.replaces_contribution_id)
    except Refusal as refusal:
        if refusal.reason is not NOT_FOUND:
            raise
        raise rules.REPLACES_UNKNOWN("/replaces_contribution_id") from None
