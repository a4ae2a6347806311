"""Any scheme on any figures: nothing is lost, no cap is passed, and the order of partners does not matter."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.rules.risk_share import Cap, Scheme, Share, Step, StepKind, check
from services.budget.rules.settled import Facts, PartnerAmount, PoolUnderspend
from services.budget.rules.settling import settle
from shared.money import TBC, Money

PCC, CCG, THIRD = PARTIES = tuple(uuid.UUID(int=n) for n in (1, 2, 3))
POOL, OTHER, THIRD_POOL = (uuid.UUID(int=n) for n in (11, 12, 13))
AGREED = Step(StepKind.TO_BE_AGREED)
BY_CONTRIBUTION = Step(StepKind.CONTRIBUTIONS)

pence = st.integers(1, 5_000_000_00)
maybe_pence = st.none() | pence


@st.composite
def sharings(draw):
    names = draw(st.permutations(PARTIES))
    capped = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    caps = tuple(Cap(name, draw(pence)) for name in capped)
    if draw(st.booleans()):
        return Step(StepKind.CONTRIBUTIONS, caps=caps)
    cuts = sorted(draw(st.lists(st.integers(1, 9_999), min_size=2, max_size=2, unique=True)))
    parts = (cuts[0], cuts[1] - cuts[0], 10_000 - cuts[1])
    shares = tuple(Share(name, Decimal(part) / 100) for name, part in zip(names, parts, strict=True))
    return Step(StepKind.FIXED_SHARES, shares=shares, caps=caps)


def firsts():
    return st.builds(
        lambda who, limit: Step(StepKind.PARTNER_FIRST, organisation_id=who, limit_pence=limit),
        st.sampled_from(PARTIES),
        pence,
    )


endings = st.sampled_from([AGREED, Step(StepKind.REMAINDER, organisation_id=CCG), BY_CONTRIBUTION])
openings = st.lists(st.sampled_from(["pools", "reserve", "own"]), unique=True, max_size=3)


@st.composite
def schemes(draw):
    limits = {each: draw(maybe_pence) for each in ("pools", "reserve")}
    made = {
        "pools": Step(StepKind.POOL_UNDERSPENDS, pool_ids=(OTHER, THIRD_POOL), limit_pence=limits["pools"]),
        "reserve": Step(StepKind.RISK_RESERVE, limit_pence=limits["reserve"]),
        "own": Step(StepKind.OWN_RISK),
    }
    middle = draw(st.lists(sharings().filter(lambda step: step.caps) | firsts(), max_size=4))
    over = [*(made[each] for each in draw(openings)), *middle, draw(endings)]
    kept = [Step(StepKind.RETAINED, limit_pence=draw(pence))] if draw(st.booleans()) else []
    under = [*kept, *draw(st.lists(firsts(), max_size=2)), draw(endings)]
    return Scheme(tuple(over), tuple(under))


amounts = st.integers(0, 3_000_000_00).map(Money) | st.just(TBC)


@st.composite
def facts(draw):
    return Facts(
        Money(draw(st.integers(-9_000_000_00, 9_000_000_00))),
        contributions=tuple(PartnerAmount(who, draw(amounts)) for who in PARTIES),
        pool_underspends=tuple(PoolUnderspend(each, draw(amounts)) for each in (OTHER, THIRD_POOL)),
        risk_reserve=draw(amounts),
        own_risk=tuple(PartnerAmount(who, draw(amounts)) for who in PARTIES),
    )


def shuffled(step: Step) -> Step:
    return replace(step, shares=step.shares[::-1], caps=step.caps[::-1])


@pytest.mark.row("S1-B22", "S3-B01")
@settings(max_examples=2_000, deadline=None)
@given(schemes(), facts())
def test_any_settlement_is_conserved_within_its_caps_and_the_same_in_any_order(each, given_facts):
    check(each, POOL, PARTIES)
    found = settle(each, given_facts)
    variance = given_facts.variance.amount_pence
    assert sum(step.taken_pence for step in found.steps) + found.unsettled_pence == abs(variance)
    came = abs(variance)
    for worked in found.steps:
        step = each.steps(found.direction)[worked.number - 1]
        assert (worked.came_pence, worked.left_pence) == (came, came - worked.taken_pence)
        assert worked.taken.whole_pence == worked.taken_pence >= 0
        caps = {cap.organisation_id: cap.amount_pence for cap in step.caps}
        for part in worked.taken.borne:
            assert 0 < part.amount_pence <= caps.get(part.organisation_id, part.amount_pence)
        assert step.limit_pence is None or worked.taken_pence <= step.limit_pence
        came = worked.left_pence
    assert found.complete == (found.unsettled_pence == 0) == (not found.missing)
    assert sum(part.amount_pence for part in found.by_partner) == sum(
        part.amount_pence for step in found.steps for part in step.taken.borne
    )
    turned = Scheme(tuple(map(shuffled, each.overspend)), tuple(map(shuffled, each.underspend)))
    other = replace(
        given_facts, contributions=given_facts.contributions[::-1], own_risk=given_facts.own_risk[::-1]
    )
    assert settle(turned, other) == found
