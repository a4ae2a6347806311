"""Rules of delegation limits: who may decide, by amount, share, kind and what went before."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from services.budget.rules.body_type import BodyType
from services.budget.rules.delegation_limit import (
    BEYOND_EVERY_LIMIT,
    LIMIT_ENDED,
    LIMIT_ENDS_BEFORE,
    LIMIT_OF_ANOTHER,
    LIMIT_OF_MEETING,
    PERCENT_OF_UNKNOWN,
    Case,
    CountedOver,
    Limit,
    LimitSubject,
    Nature,
    Permanence,
    end_limit,
    keep_limit,
    who_decides,
)
from shared.errors import Refusal

COUNCIL, CCG = sorted((uuid.uuid4(), uuid.uuid4()))
PLACE = uuid.uuid4()
DAY = date(2015, 9, 1)


def limit(decider="Service head", pence=25_000_00, type_=BodyType.OFFICER, owner=COUNCIL, **changes) -> Limit:
    plain = {
        "subject": LimitSubject.VIREMENT,
        "percent_limit": None,
        "nature": None,
        "permanence": None,
        "budget_type": None,
        "counted_over": CountedOver.FINANCIAL_YEAR,
        "in_force_from": date(2015, 4, 1),
        **changes,
    }
    return Limit(
        id=uuid.uuid4(),
        partnership_id=PLACE,
        owner_organisation_id=owner,
        decider=decider,
        decider_type=type_,
        amount_limit_pence=pence,
        **plain,
    )


def west_lancashire() -> list[Limit]:
    """«£25k service head, £50k chief officers + s151, £100k Cabinet, above that Full Council»."""
    return [
        limit("Full Council", None, BodyType.FULL_COUNCIL),
        limit("Cabinet", 100_000_00, BodyType.CABINET),
        limit("Service head", 25_000_00),
        limit("Chief officer with the section 151 officer", 50_000_00),
    ]


def case(pence, **changes) -> Case:
    return Case(LimitSubject.VIREMENT, pence, DAY, **changes)


@pytest.mark.row("S4-B11")
@pytest.mark.parametrize(
    ("pence", "before", "decider"),
    [
        (25_000_00, 0, "Service head"),
        (25_000_01, 0, "Chief officer with the section 151 officer"),
        (50_000_00, 0, "Chief officer with the section 151 officer"),
        (100_000_00, 0, "Cabinet"),
        (100_000_01, 0, "Full Council"),
        # Split into parts, what went before counts: three times £20,000 is £60,000 and Cabinet's.
        (20_000_00, 20_000_00, "Chief officer with the section 151 officer"),
        (20_000_00, 40_000_00, "Cabinet"),
    ],
)
def test_the_lowest_that_may_decide(pence, before, decider):
    [needed] = who_decides(west_lancashire(), case(pence, before_pence=before))
    assert (needed.organisation_id, needed.lowest.decider) == (COUNCIL, decider)
    assert needed.lowest.counted_pence == pence + before
    assert needed.within_officer_limit == (needed.lowest.decider_type is BodyType.OFFICER)
    assert needed.may_decide[-1].decider == "Full Council"


def test_each_case_alone_where_the_limit_says_so():
    each = limit(counted_over=CountedOver.EACH)
    [needed] = who_decides([each], case(25_000_00, before_pence=900_000_00))
    assert (needed.lowest.decider, needed.lowest.counted_pence) == ("Service head", 25_000_00)


@pytest.mark.row("S3-G03")
def test_each_organisation_decides_by_its_own_scheme():
    theirs = (
        limit("Chief finance officer", 10_000_00, owner=CCG),
        limit("Governing Body", None, BodyType.GOVERNING_BODY, owner=CCG),
    )
    needed = who_decides([*west_lancashire(), *theirs], case(20_000_00))
    assert [(each.organisation_id, each.lowest.decider) for each in needed] == [
        (COUNCIL, "Service head"),
        (CCG, "Governing Body"),
    ]


@pytest.mark.row("S4-B11")
def test_placement_budgets_have_limits_of_their_own():
    limits = [*west_lancashire(), limit("Head of placements", 5_000_00, budget_type="placements")]
    limits.append(limit("Director of People", None, budget_type="placements"))
    [needed] = who_decides(limits, case(20_000_00, budget_type="placements"))
    assert needed.lowest.decider == "Director of People"
    [general] = who_decides(limits, case(20_000_00, budget_type="public_health"))
    assert general.lowest.decider == "Service head"


def test_kind_of_money_and_dates_choose_the_limit():
    limits = [
        limit("Director", 250_000_00, nature=Nature.REVENUE, permanence=Permanence.ONE_OFF),
        limit("Full Council", None, BodyType.FULL_COUNCIL, nature=Nature.CAPITAL),
        limit("Council", None, BodyType.FULL_COUNCIL, permanence=Permanence.RECURRENT),
        limit("Nobody now", None, in_force_to=date(2015, 8, 31)),
        limit("Nobody yet", None, in_force_from=date(2015, 9, 2)),
        limit("Contracts only", None, subject=LimitSubject.CONTRACT),
    ]
    one_off = {"nature": Nature.REVENUE, "permanence": Permanence.ONE_OFF}
    assert who_decides(limits, case(1, **one_off))[0].lowest.decider == "Director"
    lasting = {"nature": Nature.REVENUE, "permanence": Permanence.RECURRENT}
    assert who_decides(limits, case(1, **lasting))[0].lowest.decider == "Council"
    capital = {"nature": Nature.CAPITAL, "permanence": Permanence.ONE_OFF}
    assert who_decides(limits, case(1, **capital))[0].lowest.decider == "Full Council"
    assert who_decides(limits[3:], case(1)) == ()


def test_a_share_of_the_budget_is_cut_to_the_penny_and_the_lower_counts():
    """Blackpool's bands are shares; a third of a penny is no penny."""
    tenth = limit("Officer", None, percent_limit=Decimal(10))
    council = limit("Full Council", None, BodyType.FULL_COUNCIL)
    for pence, decider in ((10, "Officer"), (11, "Full Council")):
        assert who_decides([tenth, council], case(pence, budget_pence=109))[0].lowest.decider == decider
    both = limit("Officer", 5, percent_limit=Decimal(10))
    assert who_decides([both, council], case(6, budget_pence=109))[0].lowest.decider == "Full Council"
    nothing = who_decides([tenth, council], case(1, budget_pence=-500))
    assert nothing[0].lowest.decider == "Full Council"


def test_a_share_of_an_unknown_budget_is_refused_and_never_nil():
    with pytest.raises(Refusal) as refused:
        who_decides([limit("Officer", 5, percent_limit=Decimal(10)), limit()], case(1))
    assert refused.value.reason is PERCENT_OF_UNKNOWN


def test_above_every_limit_nobody_may():
    with pytest.raises(Refusal) as refused:
        who_decides([limit()], case(25_000_01))
    assert refused.value.reason is BEYOND_EVERY_LIMIT
    assert refused.value.facts["highest_limit_pence"] == 25_000_00


def test_a_limit_holds_together_and_ends_once():
    for wrong, reason in (
        (limit(type_=BodyType.EXECUTIVE_MEETING), LIMIT_OF_MEETING),
        (limit(in_force_to=date(2015, 3, 31)), LIMIT_ENDS_BEFORE),
    ):
        with pytest.raises(Refusal) as refused:
            keep_limit(wrong)
        assert refused.value.reason is reason
    held = keep_limit(limit(in_force_to=date(2015, 4, 1)))
    open_ = keep_limit(limit(in_force_from=date(2016, 2, 29)))
    ended = end_limit(open_, date(2016, 2, 29), COUNCIL)
    assert (ended.in_force_to, ended.version) == (date(2016, 2, 29), 2)
    for wrong, owner, reason in (
        (held, COUNCIL, LIMIT_ENDED),
        (open_, CCG, LIMIT_OF_ANOTHER),
    ):
        with pytest.raises(Refusal) as refused:
            end_limit(wrong, date(2016, 3, 1), owner)
        assert refused.value.reason is reason
