"""Propose what becomes of a pooled fund's balance at the end of a year, from its closed books."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import carry_forward
from services.budget.rules import year_end as rules
from services.budget.rules.carry_forward import Contributed
from services.budget.rules.succession import carried
from services.budget.store import accounts, agreements, pools, successions, year_ends
from shared.audit import Change
from shared.calendar import read_financial_year
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish
from shared.money import Money


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
        rules.require_closed(
            financial_year, await year_ends.closed_periods(tx, place, owner, pool.id, financial_year)
        )
        balance = await year_ends.balance(tx, account_id, financial_year)
        rules.require_balance(balance)
        agreement = await agreements.get(tx, pool.agreement_id)
        kinds = {each.organisation_id: each.kind for each in agreement.terms.parties}
        contributed = await _by_who_succeeded(
            tx, place, await year_ends.contributed(tx, place, pool.id, financial_year), financial_year
        )
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


async def _by_who_succeeded(
    tx: Transaction, partnership_id: UUID, contributed: list[Contributed], financial_year: str
) -> list[Contributed]:
    """Contributions of those who were succeeded by the day of the carry, as their successors', by their shares."""
    day = read_financial_year(financial_year).next().first_day
    every = await successions.every(tx, partnership_id, None)
    by_source: dict[str, dict[UUID, Money]] = {}
    for each in contributed:
        by_source.setdefault(each.funding_source, {})[each.organisation_id] = each.amount
    return [
        Contributed(body, source, amount)
        for source, amounts in by_source.items()
        for body, amount in carried(amounts, every, day).items()
    ]
