"""What approved settlements have taken of a pool's underspend: it is used once, and never by two of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.budget.rules.risk_share import VarianceDirection
from services.budget.rules.settled import Worked
from services.budget.rules.settlement import (
    UNDERSPEND_TAKEN,
    Settlement,
    SettlementDisputeOutcome,
)


def taken_elsewhere(approved: Iterable[Settlement], of_pool: UUID, settling: UUID) -> int:
    """Pence that settlements of other pools than the one being settled took of a pool, its own settlement among them.

    What a pool retained by its own settlement counts: the partners decided what becomes of it.
    """
    return sum(_drawn(each, of_pool) for each in approved if each.pool_id != settling)


def require_untaken(settlement: Settlement, approved: Iterable[Settlement]) -> None:
    """Refuse the last approval where others have taken since what this settlement uses."""
    approved = tuple(approved)
    gone = [
        str(pool_id)
        for pool_id, whole_pence in _rests_on(settlement)
        if (drawn := _drawn(settlement, pool_id))
        and drawn > whole_pence - taken_elsewhere(approved, pool_id, settlement.pool_id)
    ]
    if gone:
        raise UNDERSPEND_TAKEN(pool_ids=gone)


def _rests_on(settlement: Settlement) -> list[tuple[UUID, int]]:
    """Each pool whose underspend it may use, and that underspend before any settlement, in pence."""
    facts = settlement.facts
    pools = [
        (each.pool_id, (each.amount.amount_pence or 0) + each.taken_elsewhere_pence)
        for each in facts.pool_underspends
    ]
    own = (facts.variance.amount_pence or 0) + facts.taken_elsewhere_pence
    return [*pools, (settlement.pool_id, own)]


def _drawn(settlement: Settlement, pool_id: UUID) -> int:
    """What it takes of a pool, in pence: of its own all that is shared out or retained of an underspend."""
    own = settlement.pool_id == pool_id and settlement.outcome.direction is VarianceDirection.UNDERSPEND
    return sum((each.taken_pence if own else 0) + _from(each, pool_id) for each in _standing(settlement))


def _from(step: Worked, pool_id: UUID) -> int:
    return sum(each.amount_pence for each in step.taken.from_pools if each.pool_id == pool_id)


def _standing(settlement: Settlement) -> list[Worked]:
    """The steps that did not fall away in a dispute."""
    fell = {
        step
        for each in settlement.disputes
        if each.outcome is SettlementDisputeOutcome.STEPS_FALL
        for step in each.steps
    }
    return [each for each in settlement.outcome.steps if each.number not in fell]
