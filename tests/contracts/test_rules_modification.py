"""The modification test of each regime, on both sides of every line that it draws."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.contracts.rules.classification import Regime, ValueBasis
from services.contracts.rules.contract import Contract
from services.contracts.rules.first_award import FirstAward, first_award, measure, summed
from services.contracts.rules.modification import (
    Declared,
    Ground,
    Measured,
    ModificationOutcome,
    NoticeDue,
)
from services.contracts.rules.modification_test import run_test
from services.contracts.rules.state import State
from services.contracts.rules.terms import Terms
from services.contracts.rules.variation import Variation, VariationKind, VariationReason, VariationState
from services.contracts.rules.variation_move import original, propose, take_effect
from services.contracts.rules.yearly_value import YearEffect, effects
from shared.money import NOT_STATED, Money
from tests.contracts.things import contract

MILLION = 100_000_000
SAME = Declared(Ground.PROVIDED_FOR, different_in_character=False)


def size(change: int, before: int = 0, value: int = MILLION, term: int = 0) -> Measured:
    """A change of so many pence after earlier ones, of a contract of a million pounds."""
    from fractions import Fraction

    return Measured(value, change, before + change, value + before + change, Fraction(term))


def outcome(regime: Regime | None, ground: Ground | None, of: Measured, **more) -> ModificationOutcome:
    declared = Declared(ground, **{"different_in_character": False, **more})
    return run_test(regime, declared, of).outcome


P, N, U, F = (
    ModificationOutcome.PERMITTED,
    ModificationOutcome.NOT_PERMITTED,
    ModificationOutcome.UNDECIDED,
    ModificationOutcome.NO_TEST,
)


@pytest.mark.parametrize(
    ("regime", "ground", "of", "expected", "notice"),
    [
        (Regime.PCR2015, Ground.ADDITIONAL_NEEDED, size(50_000_000), P, NoticeDue.MODIFICATION_NOTICE),
        (Regime.PCR2015, Ground.ADDITIONAL_NEEDED, size(50_000_001), N, NoticeDue.NONE),
        # each change for itself: what went before does not count (reg 72(2))
        (Regime.PCR2015, Ground.UNFORESEEN, size(40_000_000, before=40_000_000), P, NoticeDue.MODIFICATION_NOTICE),
        (Regime.PCR2015, Ground.PROVIDED_FOR, size(90_000_000), P, NoticeDue.NONE),
        (Regime.PCR2015, Ground.KNOWN_RISK, size(1), N, NoticeDue.NONE),
        (Regime.PCR2015, None, size(1), U, NoticeDue.NONE),
        (Regime.PA2023, Ground.KNOWN_RISK, size(50_000_000), P, NoticeDue.CONTRACT_CHANGE_NOTICE),
        (Regime.PA2023, Ground.UNFORESEEN, size(50_000_001), N, NoticeDue.NONE),
        (Regime.PA2023, Ground.NOT_SUBSTANTIAL, size(20_000_000, term=10), P, NoticeDue.NONE),
        (Regime.PA2023, Ground.NOT_SUBSTANTIAL, size(0, term=11), N, NoticeDue.NONE),
        (Regime.PA2023, Ground.PROVIDER_SUCCESSION, size(0), P, NoticeDue.CONTRACT_CHANGE_NOTICE),
        (Regime.PA2023, Ground.PROVIDED_FOR, size(10_000_000), P, NoticeDue.NONE),
        (Regime.PA2023, Ground.PROVIDED_FOR, size(10_000_001), P, NoticeDue.CONTRACT_CHANGE_NOTICE),
        (Regime.PA2023, Ground.EXTERNAL_FACTORS, size(1), N, NoticeDue.NONE),
        (Regime.PA2023_LIGHT_TOUCH, None, size(900_000_000), F, NoticeDue.NONE),
        # under £500,000 or under 25 percent is enough, and both are counted since the contract was entered into
        (Regime.PSR, Ground.COMMISSIONER_DECISION, size(49_999_999), P, NoticeDue.NONE),
        (Regime.PSR, Ground.COMMISSIONER_DECISION, size(50_000_000), N, NoticeDue.NONE),
        (Regime.PSR, Ground.COMMISSIONER_DECISION, size(50_000_000, value=201_000_000), P, NoticeDue.PSR_MODIFICATION_NOTICE),
        (Regime.PSR, Ground.COMMISSIONER_DECISION, size(30_000_000, before=20_000_000), N, NoticeDue.NONE),
        (Regime.PSR, Ground.DIRECT_AWARD_A_OR_B, size(900_000_000), P, NoticeDue.PSR_MODIFICATION_NOTICE),
        (Regime.PSR, Ground.NOT_SUBSTANTIAL, size(1), N, NoticeDue.NONE),
        (Regime.PCR2006_PART_B, None, size(900_000_000), P, NoticeDue.NONE),
        (Regime.NHS2013, None, size(1), P, NoticeDue.NONE),
        (Regime.BELOW_THRESHOLD, None, size(1), F, NoticeDue.NONE),
        (Regime.EXEMPT_VERTICAL, None, size(1), F, NoticeDue.NONE),
        (None, Ground.PROVIDED_FOR, size(1), U, NoticeDue.NONE),
    ],
)  # fmt: skip
def test_each_regime_draws_its_own_lines(regime, ground, of, expected, notice) -> None:
    made = run_test(regime, Declared(ground, different_in_character=False), of)
    assert (made.outcome, made.notice) == (expected, notice)
    assert made.because if expected in (N, U) else True


def test_small_changes_add_up() -> None:
    """Below the threshold: 10 percent over all changes together, exclusive in 2015 and inclusive in 2023."""
    ground, threshold = Ground.BELOW_THRESHOLD_CHANGE, {"threshold_pence": 66_354_000}
    for regime, at_ten in ((Regime.PCR2015, N), (Regime.PA2023, P)):
        assert outcome(regime, ground, size(4_000_000, before=5_999_999), **threshold) is P
        assert outcome(regime, ground, size(4_000_000, before=6_000_000), **threshold) is at_ten
        assert outcome(regime, ground, size(4_000_000, before=6_000_001), **threshold) is N
        assert outcome(regime, ground, size(1)) is U
        assert outcome(regime, ground, size(1), threshold_pence=1) is N


def test_another_character_is_never_permitted_and_silence_decides_nothing() -> None:
    for regime, ground in (
        (Regime.PCR2015, Ground.PROVIDED_FOR), (Regime.PA2023, Ground.NOT_SUBSTANTIAL),
        (Regime.PSR, Ground.EXTERNAL_FACTORS), (Regime.PCR2006_PART_B, None),
    ):  # fmt: skip
        assert outcome(regime, ground, size(1), different_in_character=True) is N
        assert outcome(regime, ground, size(1), different_in_character=None) is U
    assert outcome(Regime.BELOW_THRESHOLD, None, size(1), threshold_pence=MILLION) is N
    assert outcome(Regime.PSR, Ground.COMMISSIONER_DECISION, Measured(None, None, None, None, None)) is U


def awarded(first: Contract, earlier: Sequence[YearEffect] = ()) -> FirstAward:
    """As it was awarded, with what earlier changes did to its years."""
    return replace(first_award(first, (), None), changed_pence=summed(earlier))


def test_a_change_is_measured_from_the_award_on() -> None:
    first = contract(value=Money(MILLION), max_end_date=date(2018, 3, 31))
    now = replace(first, value=Money(120_000_000))
    then = replace(now, value=Money(150_000_000), max_end_date=date(2018, 9, 30))
    on = date(2014, 4, 1)
    of = measure(awarded(first, effects(first, now, on)), effects(now, then, on), then)
    made = run_test(Regime.PSR, SAME, of)
    assert (made.cumulative_change_percent, made.term_change_percent) == (Decimal("50.00"), Decimal("10.02"))
    yearly = replace(first, value=Money(MILLION), value_basis=ValueBasis.ANNUAL)
    longer = replace(yearly, end_date=date(2017, 3, 31))
    of = measure(awarded(yearly), effects(yearly, longer, date(2016, 3, 31)), longer)
    assert (of.original_value_pence, of.change_pence) == (3 * MILLION, MILLION)
    unknown = replace(yearly, value=NOT_STATED)
    assert measure(awarded(unknown), effects(unknown, yearly, on), yearly).change_pence is None


def test_a_term_that_a_variation_set_was_not_there_at_the_award() -> None:
    """A latest end that was agreed later, and a review that nobody had planned, are taken back to nothing."""
    first = contract(max_end_date=None, review_date=None, state=State.ACTIVE)
    asked = Variation(
        UUID(int=5), first.id, first.owner_organisation_id, None, VariationKind.LOCAL, VariationReason.TERM, "Longer",
        date(2014, 4, 1), Terms(), Terms(max_end_date=date(2018, 3, 31), review_date=date(2016, 1, 1)),
    )  # fmt: skip
    made = replace(propose(first, asked, ()), state=VariationState.AGREED)
    now, held = take_effect(first, made, (), date(2014, 4, 1))
    assert original(now, [held]) == first
    of = measure(first_award(now, [held], None), (), now)
    assert run_test(Regime.PA2023, SAME, of).term_change_percent == Decimal("66.61")
