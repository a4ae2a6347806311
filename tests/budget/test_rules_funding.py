"""Funding of Southampton 2013: equal shares, posts, part years, and sources drawn in their order."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from services.budget.rules.cost_share import share, share_equally
from services.budget.rules.part_year import Convention, part_year
from services.budget.rules.post import Post, establish, pay_for
from services.budget.rules.waterfall import Source, Stop, fund
from shared.errors import Refusal
from shared.money import TBC, Money

SCC, CCG = uuid.UUID(int=1), uuid.UUID(int=2)
RULE_FROM = date(2013, 11, 1)


@pytest.mark.row("S1-B06")
@pytest.mark.parametrize("pence", [0, 1, 2, 999_99, 100_000_01, -3])
def test_project_costs_are_shared_equally_to_the_penny(pence):
    parts = share_equally(pence, [CCG, SCC])
    assert sum(parts.values()) == pence
    assert abs(parts[SCC] - parts[CCG]) <= 1
    assert parts == share_equally(pence, [SCC, CCG])


@pytest.mark.row("S4-B05")
def test_the_investment_is_equal():
    assert share_equally(181_600_00, [SCC, CCG]) == {SCC: 90_800_00, CCG: 90_800_00}
    assert share(100, {SCC: 0, CCG: 1}) == {SCC: 0, CCG: 100}


@pytest.mark.row("S4-B03", "S4-B04")
def test_existing_posts_keep_their_shares_and_new_ones_are_paid_for_equally():
    recorded = {SCC: Decimal("72.5"), CCG: Decimal("27.5")}
    old = Post("Commissioner", date(2013, 10, 31), 40_000_00, recorded)
    new = Post("Commissioner", date(2013, 11, 1), 40_000_01, recorded)
    assert pay_for(old, RULE_FROM, [SCC, CCG]) == {SCC: 29_000_00, CCG: 11_000_00}
    assert pay_for(new, RULE_FROM, [SCC, CCG]) == {SCC: 20_000_01, CCG: 20_000_00}
    for shares, code in ((None, "post_shares_missing"), ({SCC: Decimal(99)}, "post_shares_not_whole")):
        with pytest.raises(Refusal) as caught:
            pay_for(Post("Old", date(2012, 4, 1), 100, shares), RULE_FROM, [SCC, CCG])
        assert caught.value.code == code


@pytest.mark.row("S4-B02", "S4-B06")
def test_the_structure_is_held_against_its_control_total():
    posts = [Post("Unit as it is", date(2013, 4, 1), 3_418_400_00)]
    extra = [
        Post(f"New post {n}", date(2014, 4, 1), cost)
        for n, cost in enumerate((60_000_00, 60_000_00, 61_600_00))
    ]
    whole = establish([*posts, *extra], RULE_FROM, 3_600_000_00)
    assert (whole.posts, whole.new_posts, whole.left_pence) == (4, 3, 0)
    assert establish([*posts, *extra, *extra], RULE_FROM, 3_600_000_00).left_pence == -181_600_00


@pytest.mark.row("S4-B07")
def test_a_part_year_says_its_convention():
    november = date(2013, 11, 1)
    assert part_year(90_800_00, november, Convention.TWELFTHS) == 37_833_33
    assert part_year(90_800_00, november, Convention.DAYS) == 37_563_84
    assert part_year(181_600_00, november, Convention.TWELFTHS) == 75_666_67
    for convention in Convention:
        assert part_year(90_800_00, date(2014, 4, 1), convention) == 90_800_00


def sources(existing, savings, approved):
    return (
        Source("existing resources", existing),
        Source("savings in year", savings),
        Source("General Fund contingency", Money(1_000_000_00), needs_approval=True, approved=approved),
    )


@pytest.mark.row("S4-B07")
def test_the_contingency_is_the_last_resort_and_needs_its_approval():
    need = 37_833_33
    funded = fund(need, sources(Money(20_000_00), Money(10_000_00), approved=True))
    assert [draw.drawn_pence for draw in funded.draws] == [20_000_00, 10_000_00, 7_833_33]
    assert funded.unmet_pence == 0
    assert sum(draw.drawn_pence for draw in funded.draws) + funded.unmet_pence == need
    waiting = fund(need, sources(Money(20_000_00), Money(10_000_00), approved=False))
    assert waiting.unmet_pence == 7_833_33
    assert waiting.draws[-1].stop is Stop.APPROVAL_NEEDED
    enough = fund(need, sources(Money(need), Money(10_000_00), approved=True))
    assert [draw.source for draw in enough.draws] == ["existing resources"]


def test_a_source_of_unknown_size_stops_the_waterfall():
    stuck = fund(100, sources(TBC, Money(1_000), approved=True))
    assert (len(stuck.draws), stuck.draws[0].stop, stuck.unmet_pence) == (1, Stop.AMOUNT_UNKNOWN, 100)
    with pytest.raises(Refusal):
        fund(-1, ())
    with pytest.raises(Refusal):
        fund(1, (Source("overdrawn", Money(-1)),))
