"""How large a change of a contract is, on what ground it is made, and what the test of its rules said of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.contracts.rules.classification import Regime


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


def _percent(part: int | None, whole: int | None) -> Fraction | None:
    return None if part is None or not whole else Fraction(part * 100, whole)


def shown(percent: Fraction | None) -> Decimal | None:
    if percent is None:
        return None
    return (Decimal(percent.numerator) / Decimal(percent.denominator)).quantize(Decimal("0.01"))
