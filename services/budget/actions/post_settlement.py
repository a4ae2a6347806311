"""Post the undisputed steps of an approved settlement as one journal."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import settlement as rules
from services.budget.rules.settlement_journal import JournalAsked, draft, require_reserve
from services.budget.store import accounts, postings, settlement_facts, settlements
from shared.calendar import read_financial_year
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


async def post_settlement(
    db: Database,
    caller: Caller,
    sent: Sent,
    settlement_id: UUID,
    expected_version: int,
    asked: JournalAsked,
) -> Answer:
    """The journal and the settlement's new state, in one transaction. What is disputed waits."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        settlement, _ = await settlements.lock(tx, settlement_id)
        check_version(settlement.version, expected_version)
        steps = rules.to_post(settlement, caller.organisation_id)
        found = await accounts.some(tx, asked.accounts.ids)
        journal = await postings.enter(tx, draft(settlement, steps, asked, found))
        last_day = read_financial_year(settlement.financial_year).last_day
        place = settlement.partnership_id
        # The journal is entered: what it took is gone from what the reserve holds.
        left = await settlement_facts.held_in_reserve(tx, place, settlement.pool_id, last_day)
        require_reserve(steps, left + sum(each.taken.from_reserve_pence for each in steps))
        posted = rules.post(settlement, journal.id, steps)
        await settlements.add_posting(tx, posted, posted.postings[-1])
        await settlements.save(tx, posted)
        await tell(tx, [postings.told(journal)])
        return await finish(tx, sent, settlements.told("settlement_posted", posted), posted, status=200)
