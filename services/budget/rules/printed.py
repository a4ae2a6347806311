"""Figures as a paper prints them, and what an audit of them finds: right, possible, impossible, and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.budget.rules.appraisal import Timing
from shared.money import Scale


class PrintedVerdict(StrEnum):
    """What can be said of a printed figure."""

    AGREES = "agrees"
    CONSISTENT_WITH = "consistent_with"
    DIFFERS = "differs"
    CANNOT_BE = "cannot_be"
    NOT_DERIVABLE = "not_derivable"


class LikelyCause(StrEnum):
    """The likely cause of a difference."""

    SIGN = "sign"
    UNIT = "unit"
    ROUNDING = "rounding"
    INDEX = "index"
    FORMULA = "formula"
    PERCENT = "percent"
    RANGE = "range"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One printed figure held against what it should be. Figures are decimals in the unit named."""

    claim: str
    figure: str
    unit: str
    printed: Decimal
    recomputed: Decimal | None
    verdict: PrintedVerdict
    cause: LikelyCause | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Fit:
    """Yearly flows in pence that agree with some of the printed figures, and what these flows are worth.

    Shown to prove that flows are not unique: two different sets agree with what is printed.
    """

    agrees_with: tuple[str, ...]
    flows_pence: tuple[int, ...]
    npv_start_pence: int
    npv_mid_pence: int
    npv_end_pence: int
    nearest_timing: Timing
    nearest_off_percent: Decimal


@dataclass(frozen=True, slots=True)
class Returns:
    """A block of return-on-investment figures as printed, in the scale that its heading claims.

    `spending_pence` is what is spent in a year on what the project is about: no saving can exceed it many times over.
    `first_year_savings` and `first_year_cost` are in the scale of the block, where other text of the paper has them.
    """

    label: str
    scale: Scale
    savings: Decimal
    expenditure: Decimal
    years: int
    net: Decimal | None = None
    roi_percent: Decimal | None = None
    discounted_roi_percent: Decimal | None = None
    average_roi_percent: Decimal | None = None
    npv: Decimal | None = None
    discount_percent: Decimal | None = None
    irr_percent: Decimal | None = None
    payback_year: int | None = None
    first_year_savings: Decimal | None = None
    first_year_cost: Decimal | None = None
    spending_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part printed as per cent of a whole; `also_printed_pence` is the same part where it is printed otherwise.

    `partners_named` and `partners_meant` tell of a sentence that lost a partner.
    """

    label: str
    part_pence: int
    percent: Decimal
    whole_pence: int | None = None
    also_printed_pence: int | None = None
    partners_named: int | None = None
    partners_meant: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Parts beside the whole that another place prints for them."""

    label: str
    parts_pence: tuple[int, ...]
    whole_pence: int


@dataclass(frozen=True, slots=True)
class Scaled:
    """A figure beside the same figure in another place, to see whether one is out by a thousand."""

    label: str
    printed_pence: Decimal
    reference_pence: int


@dataclass(frozen=True, slots=True)
class Capped:
    """An amount beside the most that a paper's own rate allows on a base."""

    label: str
    amount_pence: int
    base_pence: int
    most_percent: Decimal


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that an audit is to look at."""

    returns: tuple[Returns, ...] = ()
    parts: tuple[Part, ...] = ()
    sums: tuple[Sum, ...] = ()
    scaled: tuple[Scaled, ...] = ()
    capped: tuple[Capped, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, figure by figure, and the flows that show what is not unique."""

    findings: tuple[Finding, ...]
    fits: tuple[Fit, ...]
