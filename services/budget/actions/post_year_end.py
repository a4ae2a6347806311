"""Post a proposed year-end: carry the balance into the next year, once."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import year_end as rules
from services.budget.rules.period import NOT_POOL_MANAGER
from services.budget.store import journals, postings, year_ends
from shared.audit import Change
from shared.calendar import read_financial_year
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


async def post_year_end(
    db: Database,
    caller: Caller,
    sent: Sent,
    year_end_id: UUID,
    expected_version: int,
    asked: rules.CarryAsked,
) -> Answer:
    """Holding the books, so that no period of the year is reopened while its balance is carried out of it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        proposed = await year_ends.lock(tx, year_end_id)
        if proposed is None:
            raise NOT_POOL_MANAGER()
        check_version(proposed.version, expected_version)
        year = proposed.financial_year
        ids = {proposed.account_id, *(each.account_id for each in asked.shares)}
        held = await journals.lock_accounts(tx, ids, read_financial_year(year).last_day)
        place, owner = proposed.partnership_id, proposed.owner_organisation_id
        rules.require_closed(year, await year_ends.closed_periods(tx, place, owner, proposed.pool_id, year))
        balance = await year_ends.balance(tx, proposed.account_id, year)
        if balance != proposed.balance_pence:
            raise rules.BALANCE_MOVED(balance_pence=balance, proposed_pence=proposed.balance_pence)
        settled = rules.settle(proposed, asked, held.accounts)
        journal = await postings.enter(tx, rules.carry(settled, asked.journal_id, asked.narrative))
        await year_ends.save(tx, settled)
        await tell(tx, [postings.told(journal)])
        change = Change(
            what="year_end_posted",
            thing="year_end",
            thing_id=settled.id,
            owner_organisation_id=owner,
            partnership_id=place,
            readers=tuple(sorted({each.organisation_id for each in settled.shares})),
            facts={"financial_year": year, "journal_id": str(journal.id)},
        )
        return await finish(tx, sent, change, settled, status=200)
