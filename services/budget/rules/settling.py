"""What a risk share makes of a variance: every step with what went in, what each partner bore, and what was left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from services.budget.rules.risk_share import Scheme, Share, Step, StepKind, VarianceDirection
from services.budget.rules.settled import (
    Borne,
    Fact,
    Facts,
    FromPool,
    Outcome,
    PartnerAmount,
    Taken,
    Unknown,
    Worked,
)
from shared.errors import Kind, reason
from shared.money import Money, allocate_by_name, pounds

FACT_NEGATIVE = reason(
    "settlement_fact_negative",
    Kind.INVALID,
    "A reserve, an underspend or a contribution is not less than nothing.",
)
FACT_TWICE = reason(
    "settlement_fact_twice", Kind.INVALID, "Say the figure of each partner and each pool once."
)


class _Missing(Exception):
    """A step cannot be worked: these figures are not known."""

    def __init__(self, unknown: Iterable[Unknown]) -> None:
        super().__init__()
        self.unknown = tuple(unknown)


def settle(scheme: Scheme, facts: Facts) -> Outcome:
    """Work a variance through the steps of its direction (S1-B22, S3-B01).

    Shares are by largest remainder to the penny and do not depend on the order in which partners are named.
    """
    _check(facts)
    if facts.variance.amount_pence is None:
        whose = facts.variance_missing or (None,)
        missing = tuple(Unknown(Fact.VARIANCE, each) for each in whose)
        return Outcome(None, None, (), (), 0, 0, complete=False, missing=missing)
    variance = facts.variance.amount_pence
    direction = VarianceDirection.OVERSPEND if variance < 0 else VarianceDirection.UNDERSPEND
    left, steps, missing = abs(variance), [], ()
    for number, step in enumerate(scheme.steps(direction), start=1):
        if left == 0:
            break
        try:
            taken = _TAKE[step.kind](step, left, facts)
        except _Missing as found:
            missing = found.unknown
            break
        after = left - taken.whole_pence
        steps.append(
            Worked(number, step.kind, left, taken.whole_pence, after, taken, _explain(step, taken, left))
        )
        left = after
    return Outcome(
        direction if variance else None,
        variance,
        tuple(steps),
        _by_partner(steps),
        sum(each.taken.to_be_agreed_pence for each in steps),
        left,
        complete=not missing and left == 0,
        missing=missing,
    )


def _check(facts: Facts) -> None:
    for name, some in (("contributions", facts.contributions), ("own_risk", facts.own_risk)):
        _check_once([each.organisation_id for each in some], [each.amount for each in some], name)
    pools = facts.pool_underspends
    _check_once([each.pool_id for each in pools], [each.amount for each in pools], "pool_underspends")
    if (facts.risk_reserve.amount_pence or 0) < 0:
        raise FACT_NEGATIVE("/risk_reserve/amount_pence")


def _check_once(names: list[UUID], amounts: list[Money], at: str) -> None:
    for index, (name, amount) in enumerate(zip(names, amounts, strict=True)):
        if name in names[:index]:
            raise FACT_TWICE(f"/{at}/{index}")
        if (amount.amount_pence or 0) < 0:
            raise FACT_NEGATIVE(f"/{at}/{index}/amount/amount_pence")


def _up_to(left: int, limit: int | None) -> int:
    return left if limit is None else min(left, limit)


def _pools(step: Step, left: int, facts: Facts) -> Taken:
    """The named pools in the order of the scheme, each down to nothing before the next."""
    held = {each.pool_id: each for each in facts.pool_underspends}
    unknown: list[Unknown] = []
    drawn, wanted = [], _up_to(left, step.limit_pence)
    for pool_id in step.pool_ids:
        if wanted == 0:
            break
        found = held.get(pool_id)
        if found is None or found.amount.amount_pence is None:
            whose = found.missing_organisation_ids if found else ()
            unknown += [Unknown(Fact.POOL_UNDERSPEND, each, pool_id) for each in whose or (None,)]
            break
        amount = min(wanted, found.amount.amount_pence)
        wanted -= amount
        if amount:
            drawn.append(FromPool(pool_id, amount))
    if unknown:
        raise _Missing(unknown)
    return Taken(from_pools=tuple(drawn))


def _reserve(step: Step, left: int, facts: Facts) -> Taken:
    if facts.risk_reserve.amount_pence is None:
        raise _Missing([Unknown(Fact.RISK_RESERVE)])
    return Taken(from_reserve_pence=min(_up_to(left, step.limit_pence), facts.risk_reserve.amount_pence))


def _own_risk(_step: Step, left: int, facts: Facts) -> Taken:
    """What each partner overspent on lines at its own risk; in proportion where other lines made up for some.

    A partner of whom nothing is said is unknown, never nothing: say 0 where nothing stands at its own risk.
    """
    own = _known(facts.own_risk, Fact.OWN_RISK)
    unsaid = [each.organisation_id for each in facts.contributions if str(each.organisation_id) not in own]
    if unsaid or not own:
        raise _Missing(Unknown(Fact.OWN_RISK, each) for each in sorted(unsaid, key=str) or (None,))
    whole = sum(own.values())
    if whole == 0:
        return Taken()
    return Taken(borne=_borne(allocate_by_name(min(left, whole), own)))


def _first(step: Step, left: int, _facts: Facts) -> Taken:
    assert step.organisation_id is not None
    amount = _up_to(left, step.limit_pence)
    return Taken(borne=(Borne(step.organisation_id, amount, capped=amount < left),))


def _by_contributions(step: Step, left: int, facts: Facts) -> Taken:
    weights = _known(facts.contributions, Fact.CONTRIBUTION)
    if not any(weights.values()):
        raise _Missing([Unknown(Fact.CONTRIBUTION)])
    return _shared(step, left, weights)


def _by_shares(step: Step, left: int, _facts: Facts) -> Taken:
    return _shared(step, left, _percents(step.shares))


def _shared(step: Step, left: int, weights: Mapping[str, Decimal | int]) -> Taken:
    caps = {str(each.organisation_id): each.amount_pence for each in step.caps}
    return Taken(borne=_borne(allocate_by_name(left, weights), caps))


def _retained(step: Step, left: int, _facts: Facts) -> Taken:
    return Taken(retained_pence=_up_to(left, step.limit_pence))


def _agreed_later(_step: Step, left: int, _facts: Facts) -> Taken:
    return Taken(to_be_agreed_pence=left)


_TAKE = {
    StepKind.POOL_UNDERSPENDS: _pools,
    StepKind.RISK_RESERVE: _reserve,
    StepKind.OWN_RISK: _own_risk,
    StepKind.PARTNER_FIRST: _first,
    StepKind.CONTRIBUTIONS: _by_contributions,
    StepKind.FIXED_SHARES: _by_shares,
    StepKind.RETAINED: _retained,
    StepKind.REMAINDER: _first,
    StepKind.TO_BE_AGREED: _agreed_later,
}


def _known(amounts: Iterable[PartnerAmount], fact: Fact) -> dict[str, int]:
    amounts = tuple(amounts)
    unknown = [Unknown(fact, each.organisation_id) for each in amounts if not each.amount.known]
    if unknown:
        raise _Missing(sorted(unknown, key=lambda each: str(each.organisation_id)))
    return {str(each.organisation_id): each.amount.amount_pence or 0 for each in amounts}


def _percents(shares: Iterable[Share]) -> dict[str, Decimal]:
    return {str(each.organisation_id): each.percent for each in shares}


def _borne(parts: Mapping[str, int], caps: Mapping[str, int] | None = None) -> tuple[Borne, ...]:
    found = []
    for name in sorted(parts):
        cap = (caps or {}).get(name)
        amount = parts[name] if cap is None else min(parts[name], cap)
        found.append(Borne(UUID(name), amount, capped=amount < parts[name]))
    return tuple(each for each in found if each.amount_pence)


def _by_partner(steps: Iterable[Worked]) -> tuple[Borne, ...]:
    sums: dict[UUID, int] = {}
    capped: set[UUID] = set()
    for step in steps:
        for each in step.taken.borne:
            sums[each.organisation_id] = sums.get(each.organisation_id, 0) + each.amount_pence
            if each.capped:
                capped.add(each.organisation_id)
    return tuple(Borne(name, sums[name], name in capped) for name in sorted(sums))


_DOES = {
    StepKind.POOL_UNDERSPENDS: "underspends of the pools named met",
    StepKind.RISK_RESERVE: "the risk reserve met",
    StepKind.OWN_RISK: "partners bore, each on its own aligned lines,",
    StepKind.PARTNER_FIRST: "the partner named took first",
    StepKind.CONTRIBUTIONS: "partners took, in proportion to their contributions,",
    StepKind.FIXED_SHARES: "partners took, by their fixed shares,",
    StepKind.RETAINED: "the pool retained",
    StepKind.REMAINDER: "the partner named took the remainder,",
    StepKind.TO_BE_AGREED: "left for the partners to agree was",
}


def _explain(step: Step, taken: Taken, came: int) -> str:
    """The step in a sentence for the paper that goes to the partners."""
    whole = taken.whole_pence
    capped = " A cap held." if any(each.capped for each in taken.borne) and step.caps else ""
    return f"Of {pounds(came)}, {_DOES[step.kind]} {pounds(whole)}; {pounds(came - whole)} was left.{capped}"
