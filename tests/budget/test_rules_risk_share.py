"""Risk and benefit shares: what is refused, and that every settlement adds up to the variance to the penny."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.budget.rules.risk_share import (
    Cap,
    RiskShare,
    Scheme,
    Share,
    Step,
    StepKind,
    VarianceDirection,
    check,
    in_effect,
)
from services.budget.rules.settled import Fact, Facts, PartnerAmount, PoolUnderspend
from services.budget.rules.settling import settle
from shared.errors import Refusal
from shared.money import TBC, Money

PCC, CCG, THIRD = (uuid.UUID(int=n) for n in (1, 2, 3))
POOL, OTHER, THIRD_POOL = (uuid.UUID(int=n) for n in (11, 12, 13))
PARTIES = (PCC, CCG, THIRD)
AGREED = Step(StepKind.TO_BE_AGREED)
KEPT = Step(StepKind.RETAINED)
BY_CONTRIBUTION = Step(StepKind.CONTRIBUTIONS)


def fixed(*percents, caps=()):
    shares = tuple(Share(who, Decimal(each)) for who, each in zip(PARTIES, percents, strict=False))
    return Step(StepKind.FIXED_SHARES, shares=shares, caps=tuple(Cap(*each) for each in caps))


def scheme(*over, under=(KEPT,)):
    return Scheme(over, tuple(under))


LADDER = scheme(
    Step(StepKind.POOL_UNDERSPENDS, pool_ids=(OTHER, THIRD_POOL)),
    Step(StepKind.RISK_RESERVE, limit_pence=50_000_00),
    Step(StepKind.OWN_RISK),
    Step(StepKind.PARTNER_FIRST, organisation_id=PCC, limit_pence=10_000_00),
    Step(StepKind.CONTRIBUTIONS, caps=(Cap(PCC, 40_000_00), Cap(CCG, 30_000_00))),
    Step(StepKind.REMAINDER, organisation_id=CCG),
    under=(Step(StepKind.RETAINED, limit_pence=20_000_00), BY_CONTRIBUTION),
)
FACTS = Facts(
    Money(-250_000_00),
    contributions=(PartnerAmount(PCC, Money(2_000_000_00)), PartnerAmount(CCG, Money(1_000_000_00))),
    pool_underspends=(PoolUnderspend(OTHER, Money(30_000_00)), PoolUnderspend(THIRD_POOL, Money(0))),
    risk_reserve=Money(80_000_00),
    own_risk=(PartnerAmount(CCG, Money(25_000_00)), PartnerAmount(PCC, Money(0))),
)


@pytest.mark.row("S1-B22", "S5-B04")
def test_an_overspend_goes_down_the_ladder_step_by_step():
    check(LADDER, POOL, PARTIES)
    found = settle(LADDER, FACTS)
    assert found.direction is VarianceDirection.OVERSPEND
    assert [
        (each.came_pence // 100, each.taken_pence // 100, each.left_pence // 100) for each in found.steps
    ] == [
        (250_000, 30_000, 220_000),
        (220_000, 50_000, 170_000),
        (170_000, 25_000, 145_000),
        (145_000, 10_000, 135_000),
        (135_000, 70_000, 65_000),
        (65_000, 65_000, 0),
    ]
    assert {each.organisation_id: each.amount_pence for each in found.by_partner} == {
        PCC: 50_000_00,
        CCG: 120_000_00,
    }
    assert found.complete
    assert found.steps[4].explanation == (
        "Of £135,000, partners took, in proportion to their contributions, £70,000; £65,000 was left. A cap held."
    )


@pytest.mark.row("S3-B01", "S1-B22")
def test_an_underspend_is_retained_first_and_the_rest_returned_by_contributions():
    found = settle(LADDER, replace(FACTS, variance=Money(50_000_01)))
    assert found.direction is VarianceDirection.UNDERSPEND
    assert found.steps[0].taken.retained_pence == 20_000_00
    assert [(each.organisation_id, each.amount_pence) for each in found.by_partner] == [
        (PCC, 20_000_01),
        (CCG, 10_000_00),
    ]
    halves = settle(scheme(AGREED, under=(fixed("50", "50"),)), replace(FACTS, variance=Money(3)))
    assert [each.amount_pence for each in halves.by_partner] == [2, 1]


def test_what_is_to_be_agreed_is_nobody_s_yet_and_nil_needs_no_step():
    found = settle(scheme(fixed("60", "40", caps=((CCG, 1_00),)), AGREED), Facts(Money(-10_00)))
    assert (found.to_be_agreed_pence, found.complete) == (3_00, True)
    assert settle(LADDER, replace(FACTS, variance=Money(0))).steps == ()


@pytest.mark.row("S1-B11")
@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"variance": TBC, "variance_missing": (CCG,)}, (Fact.VARIANCE, CCG, None)),
        (
            {"pool_underspends": (PoolUnderspend(OTHER, TBC, (CCG,)),)},
            (Fact.POOL_UNDERSPEND, CCG, OTHER),
        ),
        ({"risk_reserve": TBC}, (Fact.RISK_RESERVE, None, None)),
        ({"own_risk": (PartnerAmount(CCG, TBC),)}, (Fact.OWN_RISK, CCG, None)),
        (
            {"contributions": (PartnerAmount(PCC, Money(1)), PartnerAmount(CCG, TBC))},
            (Fact.CONTRIBUTION, CCG, None),
        ),
    ],
)
def test_a_settlement_on_an_unknown_figure_is_incomplete_and_says_whose(changed, missing):
    found = settle(LADDER, replace(FACTS, **changed))
    assert not found.complete
    assert [(each.fact, each.organisation_id, each.pool_id) for each in found.missing] == [missing]
    if found.variance_pence is not None:
        assert sum(each.taken_pence for each in found.steps) + found.unsettled_pence == 250_000_00
        assert found.unsettled_pence > 0


def test_an_unknown_figure_that_no_step_needs_does_no_harm():
    found = settle(LADDER, replace(FACTS, variance=Money(-10_00), risk_reserve=TBC))
    assert found.complete


OVER = "/overspend"
REFUSED = [
    (scheme(fixed("60", "39.9")), "risk_share_shares_do_not_sum", "/overspend/0/shares"),
    (scheme(fixed("60", "40", caps=((CCG, 1),))), "risk_share_no_taker", "/overspend/0"),
    (scheme(Step(StepKind.RISK_RESERVE)), "risk_share_no_taker", "/overspend/0"),
    (scheme(AGREED, under=(Step(StepKind.RETAINED, limit_pence=5),)), "risk_share_no_taker", "/underspend/0"),
    (scheme(AGREED, AGREED), "risk_share_step_never_reached", "/overspend/1"),
    (scheme(KEPT), "risk_share_wrong_direction", "/overspend/0/kind"),
    (
        scheme(AGREED, under=(Step(StepKind.RISK_RESERVE),)),
        "risk_share_wrong_direction",
        "/underspend/0/kind",
    ),
    (scheme(), "risk_share_no_steps", OVER),
    (scheme(*[AGREED] * 21), "risk_share_too_many_steps", OVER),
    (scheme(Step(StepKind.FIXED_SHARES)), "risk_share_part_needed", "/overspend/0/shares"),
    (scheme(Step(StepKind.REMAINDER)), "risk_share_part_needed", "/overspend/0/organisation_id"),
    (scheme(replace(AGREED, limit_pence=1)), "risk_share_part_unexpected", "/overspend/0/limit_pence"),
    (
        scheme(Step(StepKind.REMAINDER, organisation_id=POOL)),
        "risk_share_not_a_party",
        "/overspend/0/organisation_id",
    ),
    (
        scheme(Step(StepKind.CONTRIBUTIONS, caps=(Cap(POOL, 1),)), AGREED),
        "risk_share_not_a_party",
        "/overspend/0/caps/0/organisation_id",
    ),
    (
        scheme(Step(StepKind.CONTRIBUTIONS, caps=(Cap(PCC, 1), Cap(PCC, 2))), AGREED),
        "risk_share_named_twice",
        "/overspend/0/caps/1",
    ),
    (
        scheme(fixed("60", "40", caps=((THIRD, 1),)), AGREED),
        "risk_share_cap_without_share",
        "/overspend/0/caps/0/organisation_id",
    ),
    (
        scheme(Step(StepKind.POOL_UNDERSPENDS, pool_ids=(POOL,)), AGREED),
        "risk_share_own_pool",
        "/overspend/0/pool_ids/0",
    ),
    (
        scheme(Step(StepKind.RISK_RESERVE, limit_pence=1), Step(StepKind.RISK_RESERVE), AGREED),
        "risk_share_drawn_twice",
        "/overspend/1",
    ),
    (
        scheme(*[Step(StepKind.POOL_UNDERSPENDS, pool_ids=(OTHER,))] * 2, AGREED),
        "risk_share_drawn_twice",
        "/overspend/1",
    ),
    (scheme(fixed("110", "-10")), "risk_share_not_positive", "/overspend/0/shares/1/percent"),
    (
        scheme(fixed("60", "40", caps=((PCC, 0),)), AGREED),
        "risk_share_not_positive",
        "/overspend/0/caps/0/amount_pence",
    ),
    (
        scheme(Step(StepKind.RISK_RESERVE, limit_pence=-1), AGREED),
        "risk_share_not_positive",
        "/overspend/0/limit_pence",
    ),
]


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"), REFUSED, ids=[f"{each[1]}-{n}" for n, each in enumerate(REFUSED)]
)
def test_a_scheme_that_does_not_hold_together_is_refused(wrong, code, pointer):
    with pytest.raises(Refusal) as caught:
        check(wrong, POOL, PARTIES)
    assert (caught.value.code, caught.value.faults[0].pointer) == (code, pointer)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"risk_reserve": Money(-1)}, "/risk_reserve/amount_pence"),
        ({"own_risk": (PartnerAmount(PCC, Money(-1)),)}, "/own_risk/0/amount/amount_pence"),
        ({"own_risk": (PartnerAmount(PCC, Money(1)),) * 2}, "/own_risk/1"),
        (
            {"pool_underspends": (PoolUnderspend(OTHER, Money(-1)),)},
            "/pool_underspends/0/amount/amount_pence",
        ),
    ],
)
def test_figures_below_nothing_or_said_twice_are_refused(changed, pointer):
    with pytest.raises(Refusal) as caught:
        settle(LADDER, replace(FACTS, **changed))
    assert caught.value.faults[0].pointer == pointer


def test_the_version_of_the_day_is_in_effect():
    def version(edition, effective_from):
        return RiskShare(
            uuid.UUID(int=edition), POOL, PCC, POOL, POOL, edition, effective_from, "Schedule 3", LADDER
        )

    first, second, corrected = (
        version(1, date(2015, 4, 1)),
        version(2, date(2016, 4, 1)),
        version(3, date(2016, 4, 1)),
    )
    assert in_effect([corrected, first, second], date(2016, 3, 31)) is first
    assert in_effect([first, corrected, second], date(2016, 4, 1)) is corrected
    assert in_effect([first], date(2015, 3, 31)) is None
