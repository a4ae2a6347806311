"""The figures that a settlement rests on, as the positions of the pools show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.budget.rules import simulation as rules
from services.budget.rules.pool import POOL_UNKNOWN, Pool
from services.budget.rules.position import Asked, Measure, Position
from services.budget.rules.settled import Facts, PartnerAmount, PoolUnderspend
from services.budget.rules.settlement import Settlement, Source
from services.budget.rules.settlement_claim import taken_elsewhere
from services.budget.rules.simulation import Basis, Simulation, check, choose, reserve
from services.budget.rules.succession import carried
from services.budget.store import pools, positions, risk_shares, settlements, successions
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction
from shared.money import NOT_STATED, TBC, Money, Total, summed

# Of all years: what was set aside before and not drawn on is still there. A partner's own share of it is no risk reserve.
_RESERVE = Prepared(
    """
select coalesce(sum(s.amount_pence), 0) as pence
  from ledger_sums($1::uuid, '-infinity', $3::date, 'infinity') s join accounts a on a.id = s.account_id
 where a.pool_id = $2::uuid and a.kind = 'reserve' and a.organisation_id is null and a.line_id is null
   and s.book = 'actual'
""",
    ("place", "pool", "as_at"),
    {},
)


def variance(position: Position) -> tuple[Money, tuple[UUID, ...]]:
    """Budget less actual of a pool, or that it is unknown and whose figures are missing or withheld."""
    withheld = {each.organisation_id for each in position.withheld_contributors}
    spending = {Measure.BUDGET, Measure.ACTUAL}
    missing = {each.organisation_id for each in position.missing_contributors if spending & set(each.figures)}
    found = position.totals.whole.variance_pence
    if found is None or withheld:
        return NOT_STATED, tuple(sorted(missing | withheld))
    return summed(found), ()


def contributions(position: Position) -> dict[UUID, Money]:
    """What each partner owes the pool for the year; unknown where any part of it is."""
    return {
        each.organisation_id: _money(each.figures.contributions_due)
        for each in position.by_partner
        if each.figures.contributions_due.known_pence is not None
        or not each.figures.contributions_due.complete
    }


async def held_in_reserve(tx: Transaction, partnership_id: UUID, pool_id: UUID, as_at: date) -> int:
    """What the risk reserve of a pool holds on a day, in pence."""
    row = await tx.one(_RESERVE, place=partnership_id, pool=pool_id, as_at=as_at)
    return int(row["pence"])


def _money(due: Total) -> Money:
    return summed(due.known_pence) if due.complete and due.known_pence is not None else TBC


async def underspends(tx: Transaction, asked: Asked, pool_ids: Iterable[UUID]) -> tuple[PoolUnderspend, ...]:
    """What each of these pools has left at the same day. A pool that is itself overspent has nothing."""
    found = []
    for pool_id in pool_ids:
        there = Asked(asked.partnership_id, pool_id, asked.financial_year, asked.as_at, asked.as_recorded)
        left, missing = variance(await positions.read(tx, there))
        if left.amount_pence is not None:
            left = summed(max(0, left.amount_pence))
        found.append(PoolUnderspend(pool_id, left, missing))
    return tuple(found)


def _less_taken(found: PoolUnderspend, approved: Sequence[Settlement], settling: UUID) -> PoolUnderspend:
    """What of an underspend no approved settlement has taken yet."""
    taken = taken_elsewhere(approved, found.pool_id, settling)
    if found.amount.amount_pence is None or not taken:
        return found
    left = replace(found.amount, amount_pence=max(0, found.amount.amount_pence - taken))
    return replace(found, amount=left, taken_elsewhere_pence=taken)


async def simulate(tx: Transaction, asked: Basis) -> tuple[Simulation, Pool]:
    """A settlement worked out on what is recorded and what is said, and the pool that it is of."""
    basis = check(asked)
    pool = await pools.maybe(tx, basis.pool_id)
    if pool is None:
        raise POOL_UNKNOWN("/pool_id")
    risk_share = choose(await risk_shares.of_pool(tx, pool.id), basis)
    last_day = read_financial_year(basis.financial_year).last_day
    if basis.source is Source.POSITION:
        basis = replace(basis, as_at=basis.as_at or last_day)
    there = Asked(pool.partnership_id, pool.id, basis.financial_year, basis.as_at or last_day, None)
    position = await positions.read(tx, there)
    if basis.source is Source.POSITION:
        found, missing = variance(position)
        named = dict.fromkeys(each for step in risk_share.scheme.overspend for each in step.pool_ids)
        left = await underspends(tx, there, named)
    else:
        found, missing, left = basis.variance or NOT_STATED, (), basis.pool_underspends
    approved = await settlements.approved(tx, pool.partnership_id, basis.financial_year)
    taken = taken_elsewhere(approved, pool.id, pool.id)
    if found.amount_pence is not None:
        found = replace(found, amount_pence=found.amount_pence - taken)
    held = await held_in_reserve(tx, pool.partnership_id, pool.id, there.as_at)
    weights = carried(
        contributions(position), await successions.every(tx, pool.partnership_id, None), there.as_at
    )
    facts = Facts(
        found,
        missing,
        tuple(PartnerAmount(body, weights[body]) for body in sorted(weights)),
        tuple(_less_taken(each, approved, pool.id) for each in left),
        reserve(basis, held),
        basis.own_risk,
        taken,
    )
    return rules.simulate(risk_share, basis, facts), pool
