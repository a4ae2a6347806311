"""How large a change of a contract is, on what ground it is made, and what the test of its rules said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.contracts.rules.classification import Regime
from services.contracts.rules.contract import Contract
from services.contracts.rules.yearly_value import YearEffect, lifetime_pence


class Ground(StrEnum):
    """On what ground a change is made without a new procurement. Each regime knows some of them."""

    PROVIDED_FOR = "provided_for"
    ADDITIONAL_NEEDED = "additional_needed"
    UNFORESEEN = "unforeseen"
    KNOWN_RISK = "known_risk"
    URGENT = "urgent"
    PROVIDER_SUCCESSION = "provider_succession"
    NOT_SUBSTANTIAL = "not_substantial"
    BELOW_THRESHOLD_CHANGE = "below_threshold_change"
    EXTERNAL_FACTORS = "external_factors"
    COMMISSIONER_DECISION = "commissioner_decision"
    DIRECT_AWARD_A_OR_B = "direct_award_a_or_b"


class ModificationOutcome(StrEnum):
    """What the test says. `undecided`: a fact is missing that it turns on. `no_test`: the regime has none."""

    PERMITTED = "permitted"
    NOT_PERMITTED = "not_permitted"
    UNDECIDED = "undecided"
    NO_TEST = "no_test"


class NoticeDue(StrEnum):
    """Which notice of the change the regime asks for."""

    NONE = "none"
    CONTRACT_CHANGE_NOTICE = "contract_change_notice"  # before the change: Procurement Act 2023 s75
    MODIFICATION_NOTICE = "modification_notice"  # after it: PCR 2015 reg 72(3)
    PSR_MODIFICATION_NOTICE = "psr_modification_notice"  # within 30 days: PSR reg 13


@dataclass(frozen=True, slots=True)
class Declared:
    """What the commissioner says of a change: its ground, whether it alters the contract's character, and, for a
    change below the threshold, the threshold that applied (amounts change every two years)."""

    ground: Ground | None = None
    different_in_character: bool | None = None
    threshold_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How large a change is. Percentages are of the value and the longest term at the award; None: not known."""

    original_value_pence: int | None
    change_pence: int | None
    cumulative_change_pence: int | None
    value_after_pence: int | None
    term_change_percent: Fraction | None

    @property
    def change_percent(self) -> Fraction | None:
        return _percent(self.change_pence, self.original_value_pence)

    @property
    def cumulative_percent(self) -> Fraction | None:
        return _percent(self.cumulative_change_pence, self.original_value_pence)


@dataclass(frozen=True, slots=True)
class Modification:
    """The answer of the test as it is kept with a variation. Percentages to two places."""

    regime: Regime | None
    declared: Declared
    outcome: ModificationOutcome
    because: tuple[str, ...]
    source: str
    original_value_pence: int | None
    change_pence: int | None
    cumulative_change_pence: int | None
    cumulative_change_percent: Decimal | None
    term_change_percent: Decimal | None
    notice: NoticeDue


def measure(
    original: Contract, yearly: Sequence[YearEffect], earlier: Sequence[YearEffect], after: Contract
) -> Measured:
    """How large a change is: `yearly` is what it does to each year, `earlier` what those in effect did before it.

    All of it is held against the contract as it was awarded (`original`).
    """
    first, change, before = lifetime_pence(original), _summed(yearly), _summed(earlier)
    cumulative = None if change is None or before is None else change + before
    return Measured(
        first,
        change,
        cumulative,
        None if first is None or cumulative is None else first + cumulative,
        _term_change(original, after),
    )


def _summed(yearly: Sequence[YearEffect]) -> int | None:
    changes = [each.change_pence for each in yearly]
    known = [each for each in changes if each is not None]
    return sum(known) if len(known) == len(changes) else None


def _percent(part: int | None, whole: int | None) -> Fraction | None:
    return None if part is None or not whole else Fraction(part * 100, whole)


def _term_change(original: Contract, after: Contract) -> Fraction | None:
    """The change of the longest term, in percent of the longest term at the award. By days, both ends included."""
    old, new = (tuple(_term(each)) for each in (original, after))
    if not old or not new:
        return None
    return Fraction((new[0] - old[0]) * 100, old[0])


def _term(contract: Contract) -> Iterator[int]:
    last: date | None = contract.max_end_date or contract.end_date
    if contract.start_date is not None and last is not None:
        yield (last - contract.start_date).days + 1


def shown(percent: Fraction | None) -> Decimal | None:
    if percent is None:
        return None
    return (Decimal(percent.numerator) / Decimal(percent.denominator)).quantize(Decimal("0.01"))
