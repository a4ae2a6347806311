"""Make the year-end pack of a pooled fund from its closed books, and freeze it."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import year_end_pack as rules
from services.budget.rules.contribution_standing import PartnerStanding, stand
from services.budget.rules.funding_requirement import FundingAsked
from services.budget.rules.pool import POOL_UNKNOWN
from services.budget.rules.year_end import require_closed
from services.budget.store import (
    agreements,
    clock,
    contributions,
    funding_requirements,
    pools,
    year_end_packs,
    year_ends,
)
from shared.audit import Change
from shared.calendar import read_financial_year
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish

_MOST_YEAR_ENDS = 200


async def make_year_end_pack(
    db: Database, caller: Caller, sent: Sent, pack_id: UUID, pool_id: UUID, financial_year: str
) -> Answer:
    """One transaction reads the books and keeps the bytes. Made again, it is another pack beside the first."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        pool = await pools.maybe(tx, pool_id)
        if pool is None:
            raise POOL_UNKNOWN("/pool_id")
        rules.require_host(pool, caller.organisation_id)
        place, owner = pool.partnership_id, pool.owner_organisation_id
        require_closed(
            financial_year, await year_ends.closed_periods(tx, place, owner, pool.id, financial_year)
        )
        agreement = await agreements.get(tx, pool.agreement_id)
        parties = [each.organisation_id for each in agreement.terms.parties]
        asked = FundingAsked(
            place, pool_id, financial_year, read_financial_year(financial_year).last_day, None
        )
        made = rules.pack(
            pack_id,
            pool,
            financial_year,
            await clock.today(tx),
            await year_end_packs.movements(tx, pool_id, financial_year),
            await _standings(tx, asked),
            parties,
            await year_ends.page(tx, place, financial_year, pool_id, _MOST_YEAR_ENDS, None),
        )
        frozen = await year_end_packs.freeze(tx, made)
        change = Change(
            what="year_end_pack_made",
            thing="year_end_pack",
            thing_id=pack_id,
            owner_organisation_id=owner,
            partnership_id=place,
            readers=tuple(parties),
            facts={"financial_year": financial_year, "sha256": frozen.sha256},
        )
        return await finish(tx, sent, change, frozen)


async def _standings(tx: Transaction, asked: FundingAsked) -> tuple[PartnerStanding, ...]:
    promises = await contributions.standing(tx, asked)
    return stand(promises, await funding_requirements.received(tx, asked), asked.as_at)
