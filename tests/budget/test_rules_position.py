"""Positions: three totals, unknown figures that stay unknown, and the balance of spend over years."""

import random
import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.budget.rules.balance_of_spend import SpendDirection, balance_of_spend
from services.budget.rules.category import Category
from services.budget.rules.facts import AlignedTotal, ContributionFacts, LineFacts, ReceiptFacts
from services.budget.rules.line import Arrangement
from services.budget.rules.position import Asked, Because, Withheld, assemble
from shared.money import TBC, Money, Total
from tests.budget.papers import CCG, PARTNERSHIP, PCC

WELLNESS_POOL = uuid.UUID(int=0x31)
ASKED = Asked(PARTNERSHIP, None, "2014/15", date(2015, 3, 31), None)


HUNDRED = Money(100_00)


def a_line(number, owner=PCC, arrangement=Arrangement.SHADOW, budget=HUNDRED, **changes):
    return replace(
        LineFacts(
            line_id=uuid.UUID(int=number),
            owner_organisation_id=owner,
            pool_id=None if arrangement is Arrangement.ALIGNED else WELLNESS_POOL,
            name=f"Line {number}",
            category=Category.WELLNESS,
            arrangement=arrangement,
            budget=budget,
        ),
        **changes,
    )


def promised(organisation, due, arrangement=Arrangement.SHADOW):
    return ContributionFacts(organisation, WELLNESS_POOL, Category.WELLNESS, arrangement, due)


@pytest.mark.row("S1-B04", "S5-B01")
def test_three_totals_and_shadow_in_no_statutory_one():
    lines = [
        a_line(1, arrangement=Arrangement.POOLED, budget=Money(1_000), actual_pence=900),
        a_line(2, arrangement=Arrangement.ALIGNED, budget=Money(200), actual_pence=250),
        a_line(3, arrangement=Arrangement.SHADOW, budget=Money(30), actual_pence=10),
    ]
    totals = assemble(ASKED, lines, [], [], []).totals
    assert totals.pooled.budget_approved.known_pence == 1_000
    assert totals.aligned.budget_approved.known_pence == 200
    assert totals.shadow.budget_approved.known_pence == 30
    assert totals.whole.budget_approved.known_pence == 1_230
    assert [each.variance_pence for each in (totals.pooled, totals.aligned, totals.shadow, totals.whole)] == [
        100, -50, 20, 70,
    ]  # fmt: skip


@pytest.mark.row("S1-B11")
def test_a_partner_s_unknown_figures_are_named_and_never_nil():
    lines = [a_line(1, budget=Money(22_167_000_00), actual_pence=5), a_line(2, CCG, budget=TBC)]
    promises = [promised(PCC, Money(22_167_000_00)), promised(CCG, TBC)]
    position = assemble(ASKED, lines, [], promises, [])
    assert not position.complete
    assert [(each.organisation_id, each.figures) for each in position.missing_contributors] == [
        (CCG, ("actual", "budget", "contribution"))
    ]
    whole = position.totals.whole
    assert whole.budget_approved == Total(22_167_000_00, complete=False, missing_contributors=(str(CCG),))
    assert whole.contributions_due.known_pence == 22_167_000_00
    assert whole.variance_pence is None
    by_partner = {each.organisation_id: each.figures for each in position.by_partner}
    assert by_partner[CCG].budget_approved.known_pence is None
    assert by_partner[CCG].contributions_due.known_pence is None
    assert by_partner[CCG].contributions_received_pence is None
    assert by_partner[PCC].contributions_due.complete
    line = next(each for each in position.lines if each.owner_organisation_id == CCG)
    assert (line.budget_adjusted_pence, line.actual_pence, line.variance_pence) == (None, None, None)
    assert position.totals.pooled.budget_approved == Total(None, complete=True)


def test_movements_adjust_the_budget_and_receipts_stand_beside_promises():
    line = a_line(1, arrangement=Arrangement.POOLED, budget=Money(1_000), moved_pence=-150, actual_pence=800)
    receipt = ReceiptFacts(PCC, WELLNESS_POOL, Category.WELLNESS, Arrangement.POOLED, 250)
    position = assemble(ASKED, [line], [], [promised(PCC, Money(1_000), Arrangement.POOLED)], [receipt])
    pooled = position.totals.pooled
    assert (pooled.budget_approved.known_pence, pooled.budget_adjusted.known_pence) == (1_000, 850)
    assert (pooled.variance_pence, pooled.contributions_received_pence) == (50, 250)
    assert position.complete
    unknown = a_line(2, budget=TBC, moved_pence=150)
    assert assemble(ASKED, [unknown], [], [], []).lines[0].budget_adjusted_pence is None


def test_the_other_partner_s_aligned_lines_come_as_totals_by_category():
    sums = AlignedTotal(CCG, Category.COMPLEX_BED_BASED, 500, True, 10, 300, False)
    position = assemble(ASKED, [a_line(1, actual_pence=1)], [sums], [], [])
    assert [each.line_id for each in position.lines] == [uuid.UUID(int=1)]
    aligned = position.totals.aligned
    assert aligned.budget_approved == Total(500, complete=False, missing_contributors=(str(CCG),))
    assert aligned.budget_adjusted.known_pence == 510
    assert aligned.actual == Total(300, complete=True)
    pairs = [(each.category, each.organisation_id) for each in position.by_category_and_partner]
    assert (Category.COMPLEX_BED_BASED, CCG) in pairs


def test_what_is_withheld_is_named_and_makes_it_incomplete():
    withheld = Withheld(CCG, Because.SHADOW_CONSENT_MISSING)
    position = assemble(ASKED, [a_line(1, actual_pence=1)], [], [], [], [withheld])
    assert (position.complete, position.withheld_contributors) == (False, (withheld,))


def test_every_way_of_adding_up_gives_the_same_whole_in_any_order():
    dice = random.Random(75)
    lines = [
        a_line(
            number,
            dice.choice((PCC, CCG)),
            dice.choice(tuple(Arrangement)),
            Money(dice.randrange(1_000)),
            category=dice.choice(tuple(Category)),
            actual_pence=dice.randrange(1_000),
        )
        for number in range(40)
    ]
    position = assemble(ASKED, lines, [], [], [])
    whole = position.totals.whole.actual.known_pence
    assert whole == sum(line.actual_pence for line in lines)
    for groups in (position.by_category, position.by_partner, position.by_category_and_partner):
        assert sum(each.figures.actual.known_pence for each in groups) == whole
    dice.shuffle(lines)
    assert assemble(ASKED, lines, [], [], []) == position


def year(wellness, community, complex_):
    return dict(zip(Category, (Money(wellness), Money(community), complex_), strict=True))


@pytest.mark.row("S1-B18")
def test_the_balance_of_spend_and_where_it_moves():
    shares = balance_of_spend(
        {
            "2015/16": year(25, 30, Money(45)),
            "2014/15": year(20, 20, Money(60)),
            "2016/17": year(25, 25, Money(50)),
            "2017/18": year(25, 25, TBC),
        }
    )
    assert [each.percent[Category.COMPLEX_BED_BASED] for each in shares] == [
        Decimal("60.0"), Decimal("45.0"), Decimal("50.0"), None,
    ]  # fmt: skip
    assert [each.direction for each in shares] == [
        SpendDirection.UNKNOWN,
        SpendDirection.TOWARDS_COMMUNITY,
        SpendDirection.TOWARDS_COMPLEX,
        SpendDirection.UNKNOWN,
    ]
    assert shares[-1].spend.missing_contributors == ("complex_bed_based",)
