"""A measured figure: its value, what it rests on, and why there is none when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from shared.errors import Kind, reason
from shared.money import Qualifier

# Figures that must be cut off somewhere (a third) are cut at the sixth decimal, once, at the end. With more,
# Python writes 0.0000001 as 1E-7, which is no decimal string.
DECIMALS = 6
_LAST = Decimal(1).scaleb(-DECIMALS)
_WIDE = Context(prec=60)

MEASURE_STATUS_MISMATCH = reason(
    "measure_status_mismatch",
    Kind.INVALID,
    "A known figure has a value; one that is not yet available, suppressed, not applicable or missing has none.",
)
BOUND_IS_NO_EXPECTATION = reason(
    "bound_is_no_expectation",
    Kind.INVALID,
    "A figure printed as «up to» or «almost» is an upper bound and one printed as «more than» a lower one. "
    "It cannot stand for what is expected. State the expected figure, with its source.",
)


class MeasureStatus(StrEnum):
    """How far a figure is known. The last four are four reasons for having none; none of them is 0."""

    ACTUAL = "actual"
    ESTIMATE = "estimate"
    PROVISIONAL = "provisional"
    NOT_YET_AVAILABLE = "not_yet_available"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


UNKNOWN = (  # no set: a member of an enumeration is hashed by Python, and compared by the machine
    MeasureStatus.NOT_YET_AVAILABLE,
    MeasureStatus.SUPPRESSED,
    MeasureStatus.NOT_APPLICABLE,
    MeasureStatus.MISSING,
)
BOUNDS = frozenset({Qualifier.UP_TO, Qualifier.ALMOST, Qualifier.MORE_THAN})


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure in its indicator's unit. `value` is None exactly when the status says why it is unknown."""

    value: Decimal | None
    status: MeasureStatus = MeasureStatus.ACTUAL
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: Qualifier | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.status in UNKNOWN):
            raise MEASURE_STATUS_MISMATCH(status=self.status.value)

    @property
    def known(self) -> bool:
        return self.value is not None


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 91.0860 -> 91.086, 1E+3 -> 1000."""
    return Decimal(format(_WIDE.add(_WIDE.normalize(value), 0), "f"))


def cut(value: Decimal) -> Decimal:
    """Round half up to six decimals, the last step of a calculation, and write it plainly."""
    return plain(value.quantize(_LAST, rounding=ROUND_HALF_UP, context=_WIDE))


def expected(value: Decimal, qualifier: Qualifier | None) -> Decimal:
    """The figure as an expectation. Refuses a bound: «up to 69%» says what is possible at most (S1-O05)."""
    if qualifier in BOUNDS:
        raise BOUND_IS_NO_EXPECTATION(bound=str(plain(value)), qualifier=str(qualifier))
    return value
