"""Puts the journals of a batch into the ledger, each in a part of its own, under locks taken in one order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.budget.rules.journal import Journal
from services.budget.rules.journal_batch import (
    BATCH_OF_ONE_PARTNERSHIP,
    BatchAsked,
    Item,
    posted,
    refused,
)
from services.budget.rules.posting_right import require_reverser
from services.budget.store import journals, postings
from shared.db import Transaction
from shared.errors import Refusal


async def enter_all(
    tx: Transaction, asked: BatchAsked, undone: Sequence[Journal] = ()
) -> tuple[list[Item], list[Journal]]:
    """What became of each item, and the journals that were posted.

    `undone` are the journals that a batch of reversals undoes, item by item. All accounts of the batch are locked
    before the first journal, in id order, so that two batches never wait for each other in a circle.
    """
    drafts = [each for _, each in asked.items if not isinstance(each, Refusal)]
    if drafts:
        ids = set[UUID]().union(*(draft.account_ids for draft in drafts))
        await journals.lock_accounts(tx, ids, min(draft.effective_date for draft in drafts))
    items: list[Item] = []
    entered: list[Journal] = []
    for position, (id_, draft) in enumerate(asked.items):
        try:
            if isinstance(draft, Refusal):
                raise draft
            async with tx.part():
                journal = await postings.enter(tx, draft)
                if journal.partnership_id != asked.partnership_id:
                    raise BATCH_OF_ONE_PARTNERSHIP()
                if undone:
                    require_reverser(journal, undone[position], tx.caller.succeeded)
        except Refusal as refusal:
            items.append(refused(position, id_, refusal))
        else:
            items.append(posted(position, journal))
            entered.append(journal)
    return items, entered
