"""Move what was posted under interim authority into the pool."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import reclassification as rules
from services.budget.store import accounts, agreements, pools, postings, reclassifications
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def reclassify_interim(
    db: Database, caller: Caller, sent: Sent, agreement_id: UUID, asked: rules.Reclassification
) -> Answer:
    """Post one journal that does it. Under its locks no interim account is moved beyond what it held on the day and since."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        named = {each for move in asked.moves for each in (move.interim_account_id, move.to_account_id)}
        under = await pools.under(tx, agreement_id)
        draft = rules.draft_of(asked, agreement, await accounts.some(tx, named), under)
        journal = await postings.enter(tx, draft)
        moved = rules.moved_by_account(asked)
        rules.require_covered(asked, await reclassifications.left(tx, moved, asked.effective_date))
        await reclassifications.add(
            tx,
            (
                rules.Reclassified(
                    journal.id,
                    account_id,
                    agreement_id,
                    journal.partnership_id,
                    journal.owner_organisation_id,
                    pence,
                )
                for account_id, pence in moved.items()
                if pence
            ),
        )
        return await finish(tx, sent, postings.told(journal), journal)
