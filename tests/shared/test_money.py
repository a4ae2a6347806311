"""Money: whole pence, totals that stay incomplete, shares to the penny, and amounts as councils write them."""
# ruff: noqa: RUF001 the look-alikes are what is tested

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.errors import Refusal
from shared.money import (
    LARGEST_PENCE,
    NOT_STATED,
    TBC,
    UNKNOWN,
    Money,
    Scale,
    Status,
    allocate,
    allocate_by_name,
    half_up,
    pounds,
    read_money,
    total,
)

PENCE = st.integers(-LARGEST_PENCE, LARGEST_PENCE)
WEIGHTS = st.lists(st.fractions(0, 1000, max_denominator=997), min_size=1, max_size=12)


@given(PENCE, WEIGHTS)
def test_shares_add_up_and_are_within_a_penny_of_exact(amount, weights):
    assume(any(weights))
    parts = allocate(amount, weights)
    whole = sum(weights, Fraction(0))
    assert sum(parts) == amount
    assert all(abs(part - amount * weight / whole) < 1 for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    assert allocate(-amount, weights) == tuple(-part for part in parts)


@given(PENCE, WEIGHTS, st.integers(1, 10**6))
def test_only_the_proportion_of_weights_counts(amount, weights, factor):
    assume(any(weights))
    assert allocate(amount, [weight * factor for weight in weights]) == allocate(amount, weights)


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 50), min_size=1, max_size=8), PENCE, st.randoms())
def test_the_order_of_names_does_not_matter(weights, amount, random):
    assume(any(weights.values()))
    names = list(weights)
    random.shuffle(names)
    assert allocate_by_name(amount, {name: weights[name] for name in names}) == allocate_by_name(
        amount, weights
    )


def test_the_penny_left_over_goes_to_the_largest_remainder():
    assert allocate(100, [1, 1, 1]) == (34, 33, 33)
    assert allocate(101, [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")]) == (51, 25, 25)
    assert allocate(2, [1, 0, 1]) == (1, 0, 1)
    assert allocate(1, [1, 3]) == (0, 1)


@pytest.mark.parametrize(
    ("weights", "code"), [([], "no_weight"), ([0, 0], "no_weight"), ([1, -1], "negative_weight")]
)
def test_weights_that_say_nothing_are_refused(weights, code):
    with pytest.raises(Refusal) as refused:
        allocate(100, weights)
    assert refused.value.code == f"allocation_{code}"


@given(st.fractions(max_denominator=1000))
def test_halves_go_away_from_zero(value):
    rounded = half_up(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    if abs(rounded - value) == Fraction(1, 2):
        assert abs(rounded) > abs(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**30), max_value=10**30))
def test_rounding_knows_no_largest_decimal(value):
    assert half_up(value) == half_up(Fraction(value))


KNOWN = st.builds(Money, PENCE)
ANY = st.one_of(KNOWN, st.sampled_from([TBC, NOT_STATED]))


@given(st.lists(st.tuples(st.sampled_from("abcdef"), ANY), max_size=10))
def test_a_total_names_whose_part_is_unknown_and_never_reads_as_nil(amounts):
    found = total(amounts)
    unknown = {name for name, money in amounts if not money.known}
    assert set(found.missing_contributors) == unknown
    assert len(found.missing_contributors) == len(unknown)
    assert found.complete == (not unknown)
    if amounts and all(not money.known for _, money in amounts):
        assert found.known_pence is None
    else:
        assert found.known_pence == sum(money.amount_pence or 0 for _, money in amounts)


@pytest.mark.parametrize("status", Status)
def test_pence_and_status_agree(status):
    right, wrong = (None, 100) if status in UNKNOWN else (100, None)
    assert Money(right, status).known == (status not in UNKNOWN)
    with pytest.raises(Refusal):
        Money(wrong, status)


@pytest.mark.parametrize(
    ("cell", "pence"),
    [
        ("£1,234.00", 123400),
        ("(3,728)", -372800),
        (" -   ", 0),
        ("£-", 0),
        ("–", 0),
        ("-£5.50", -550),
        ("£-5.50", -550),
        ("£ 1 234", 123400),
        ("£22,417K", 2241700000),
        ("£1.5m", 150000000),
        (".5", 50),
        ("0.005", 1),
        ("-0.005", -1),
        ("(0.004)", 0),
        ("１２３", 12300),
        ("0", 0),
    ],
)
def test_amounts_as_councils_write_them(cell, pence):
    assert read_money(cell) == Money(pence)


@pytest.mark.parametrize("cell", ["TBC", "tbc.", "ТВС", "To be confirmed", "£xxk", "XXX"])
def test_an_amount_to_be_confirmed_is_unknown_also_in_cyrillic(cell):
    assert read_money(cell) == TBC


@pytest.mark.parametrize("cell", ["", "   ", "\u00a0"])
def test_a_blank_cell_is_not_nil(cell):
    assert read_money(cell) == NOT_STATED


@pytest.mark.parametrize(
    ("cell", "scale", "code"),
    [
        ("1,23", Scale.POUNDS, "money_unreadable"),
        ("1,2345", Scale.POUNDS, "money_unreadable"),
        ("1.2.3", Scale.POUNDS, "money_unreadable"),
        ("(-5)", Scale.POUNDS, "money_unreadable"),
        ("--5", Scale.POUNDS, "money_unreadable"),
        ("()", Scale.POUNDS, "money_unreadable"),
        ("£", Scale.POUNDS, "money_unreadable"),
        (".", Scale.POUNDS, "money_unreadable"),
        ("5%", Scale.POUNDS, "money_unreadable"),
        ("1e5", Scale.POUNDS, "money_unreadable"),
        ("12\n34x", Scale.POUNDS, "money_unreadable"),
        ("١٢٣", Scale.POUNDS, "money_unreadable"),
        ("about 5", Scale.POUNDS, "money_unreadable"),
        ("5k", Scale.THOUSANDS, "money_unreadable"),
        ("9" * 24 + "m", Scale.POUNDS, "money_too_large"),
        ("9" * 24, Scale.MILLIONS, "money_too_large"),
        ("9" * 25, Scale.POUNDS, "money_too_large"),
        ("9" * 5000, Scale.POUNDS, "money_too_large"),
        ("10,000,000,000,000.01", Scale.POUNDS, "money_too_large"),
    ],
)
def test_what_is_no_amount_is_refused(cell, scale, code):
    with pytest.raises(Refusal) as refused:
        read_money(cell, scale)
    assert refused.value.code == code


@given(PENCE)
def test_what_is_written_for_people_is_read_back(pence):
    assert read_money(pounds(pence)) == Money(pence)


@given(st.text(max_size=40), st.sampled_from(Scale))
def test_any_cell_is_read_or_refused(cell, scale):
    try:
        money = read_money(cell, scale)
    except Refusal:
        return
    assert money.amount_pence is None or abs(money.amount_pence) <= LARGEST_PENCE


@pytest.mark.parametrize(("scale", "pence"), [(Scale.THOUSANDS, 1250000), (Scale.MILLIONS, 1250000000)])
def test_a_scale_is_applied_once(scale, pence):
    assert read_money("12.5", scale) == Money(pence)
