"""Propose what becomes of a pooled fund's balance at the end of a year, from its closed books."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import carry_forward
from services.budget.rules import year_end as rules
from services.budget.store import accounts, agreements, pools, year_ends
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def propose_year_end(
    db: Database, caller: Caller, sent: Sent, year_end_id: UUID, account_id: UUID, financial_year: str
) -> Answer:
    """Share the fund account's balance over partners and sources. It moves nothing yet."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        try:
            account = await accounts.get(tx, account_id)
        except Refusal as refusal:
            raise (rules.NOT_A_FUND("/account_id") if refusal.reason is NOT_FOUND else refusal) from None
        pool = await pools.get(tx, rules.require_fund(account, caller.organisations))
        place, owner = account.partnership_id, account.owner_organisation_id
        rules.require_closed(financial_year, await year_ends.closed_periods(tx, place, owner, financial_year))
        balance = await year_ends.balance(tx, account_id, financial_year)
        rules.require_balance(balance)
        agreement = await agreements.get(tx, pool.agreement_id)
        kinds = {each.organisation_id: each.kind for each in agreement.terms.parties}
        contributed = await year_ends.contributed(tx, place, pool.id, financial_year)
        shares = carry_forward.shares_of(balance, contributed, kinds, financial_year)
        proposed = rules.YearEnd(
            year_end_id, place, owner, pool.id, account_id, financial_year, balance, shares
        )
        await year_ends.add(tx, proposed)
        change = Change(
            what="year_end_proposed",
            thing="year_end",
            thing_id=proposed.id,
            owner_organisation_id=owner,
            partnership_id=place,
            readers=tuple(kinds),
            facts={"financial_year": financial_year, "balance_pence": balance},
        )
        return await finish(tx, sent, change, proposed)
