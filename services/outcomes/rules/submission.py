"""What is checked when a return is submitted: errors that block it and warnings that need an explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from uuid import UUID

from services.outcomes.rules.dimension import COHORT_OF_PERSONS, SMALLEST_COHORT
from services.outcomes.rules.indicator import (
    OUTSIDE_SCALE,
    PART_EXCEEDS_WHOLE,
    Indicator,
    ValueType,
    bounds,
)
from services.outcomes.rules.kpi_return import ReturnValue
from services.outcomes.rules.measure import UNKNOWN, MeasureStatus, plain
from shared.errors import Fault, Kind, Reason, reason

SUBMISSION_BLOCKED = reason(
    "return_not_submittable",
    Kind.INVALID,
    "The return cannot be submitted yet. Correct each field named, or explain it where an explanation is asked.",
)
VALUE_REQUIRED = reason(
    "return_value_required", Kind.INVALID, "This figure is compulsory. Give it, or say why not."
)
STATUS_MISMATCH = reason(
    "return_value_status_mismatch",
    Kind.INVALID,
    "A figure that is not yet available, suppressed, not applicable or missing has no value; any other has one.",
)
NUMERATOR_TOO_LARGE = reason(
    "return_numerator_exceeds_denominator",
    Kind.INVALID,
    "The numerator of a percentage is within its denominator.",
)
DENOMINATOR_ZERO = reason(
    "return_denominator_not_positive",
    Kind.INVALID,
    "The denominator must be more than 0. Without one, say not_applicable.",
)
PARTS_INCOMPLETE = reason(
    "return_parts_incomplete", Kind.INVALID, "Give the numerator and the denominator together, or neither."
)
NEGATIVE_PART = reason("return_numerator_negative", Kind.INVALID, "The numerator cannot be below 0.")
COUNT_NOT_WHOLE = reason("return_count_not_whole", Kind.INVALID, "A count is a whole number.")
VALUE_UNEXPLAINED = reason(
    "return_gap_unexplained", Kind.INVALID, "A compulsory figure is left out. Explain why in its explanation."
)
VALUE_DIFFERS = reason(
    "return_value_differs_from_parts",
    Kind.INVALID,
    "The value differs from numerator by denominator. Correct it, or explain it (weighting, adjustment).",
)
VALUE_JUMPS = reason(
    "return_value_far_from_previous",
    Kind.INVALID,
    "The value is far from the last accepted one. Check it; if it is right, explain the change.",
)


@dataclass(frozen=True, slots=True)
class AskedValue:
    """One line of the form: the indicator, whether it is compulsory, and the last accepted value before.

    `lowest` and `highest` are the bounds of its scale, worked out once, since a file holds a figure of it in many forms.
    """

    indicator: Indicator
    compulsory: bool
    previous: Decimal | None = None
    lowest: Decimal | None = field(init=False, repr=False, compare=False)
    highest: Decimal | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, bound in zip(("lowest", "highest"), bounds(self.indicator), strict=True):
            object.__setattr__(self, name, bound)

    def on_scale(self, value: Decimal) -> bool:
        """Whether its scale can hold the value."""
        return (self.lowest is None or value >= self.lowest) and (
            self.highest is None or value <= self.highest
        )


@dataclass(frozen=True, slots=True)
class Warned:
    """A figure that stands out and that the provider explained: what stood out, where, and the facts."""

    pointer: str
    code: str
    detail: str
    explanation: str


Check = Callable[[AskedValue, ReturnValue], Iterator[tuple[Reason, str]]]


def check_submission(
    form: Mapping[UUID, AskedValue], values: Mapping[UUID, ReturnValue]
) -> tuple[Warned, ...]:
    """The explained warnings of a return that may be submitted; refuses with every fault at once otherwise."""
    faults: list[Fault] = []
    warned: list[Warned] = []
    for indicator_id, asked in form.items():
        pointer = f"/values/{indicator_id}"
        given = values.get(indicator_id)
        if given is None or (given.value is None and given.status is None):
            if asked.compulsory:
                faults.append(_fault(pointer, VALUE_REQUIRED))
            continue
        errors = [_fault(pointer + at, why) for why, at in figure_errors(asked, given)]
        errors += [_fault(f"{pointer}/value", why) for why in _part_errors(asked.indicator, given, values)]
        faults += errors
        if errors:
            continue
        for why, at in _warnings(asked, given):
            if given.explanation:
                warned.append(Warned(pointer + at, why.code, why.sentence, given.explanation))
            else:
                faults.append(_fault(pointer + at, why))
    if faults:
        raise SUBMISSION_BLOCKED(faults=faults, **_facts(form, faults))
    return tuple(warned)


def _fault(pointer: str, why: Reason) -> Fault:
    return Fault(pointer, why.code, why.sentence)


def _facts(form: Mapping[UUID, AskedValue], faults: list[Fault]) -> dict[str, Any]:
    named = {fault.pointer.split("/")[2] for fault in faults}
    return {"indicators": [each.indicator.code for key, each in form.items() if str(key) in named]}


def figure_errors(asked: AskedValue, given: ReturnValue) -> Iterator[tuple[Reason, str]]:
    """What blocks a figure whatever the explanation, with the field it stands on."""
    unknown = given.status in UNKNOWN
    if unknown is (given.value is not None):
        yield STATUS_MISMATCH, "/status" if unknown else "/value"
        return
    numerator, denominator = given.numerator, given.denominator
    if (numerator is None) is not (denominator is None):
        yield PARTS_INCOMPLETE, "/denominator" if denominator is None else "/numerator"
    elif numerator is not None and denominator is not None:
        if denominator <= 0:
            yield DENOMINATOR_ZERO, "/denominator"
        if numerator < 0:
            yield NEGATIVE_PART, "/numerator"
        if asked.indicator.is_percentage and numerator > denominator > 0:
            yield NUMERATOR_TOO_LARGE, "/numerator"
    if given.value is not None:
        yield from _value_errors(asked, given, given.value)


def _value_errors(asked: AskedValue, given: ReturnValue, value: Decimal) -> Iterator[tuple[Reason, str]]:
    indicator = asked.indicator
    counted = indicator.value_type is ValueType.COUNT
    if not asked.on_scale(value):
        yield OUTSIDE_SCALE, "/value"
    if indicator.dimensions.cohort is not None and _of_persons(indicator, given):
        yield COHORT_OF_PERSONS, "/value" if counted else "/denominator"
    if counted and value != value.to_integral_value():
        yield COUNT_NOT_WHOLE, "/value"


def _of_persons(indicator: Indicator, given: ReturnValue) -> bool:
    """Whether a cohort has so few people that its profile is one of persons (S4-O06)."""
    people = given.value if indicator.value_type is ValueType.COUNT else given.denominator
    return people is not None and 0 < people < SMALLEST_COHORT


def _part_errors(
    indicator: Indicator, given: ReturnValue, values: Mapping[UUID, ReturnValue]
) -> Iterator[Reason]:
    whole = None if indicator.part_of_indicator_id is None else values.get(indicator.part_of_indicator_id)
    if (
        whole is not None
        and whole.value is not None
        and given.value is not None
        and given.value > whole.value
    ):
        yield PART_EXCEEDS_WHOLE


def _warnings(asked: AskedValue, given: ReturnValue) -> Iterator[tuple[Reason, str]]:
    """What stands out and passes only with an explanation.

    A change is held against the last accepted value. From 0 there is no percentage: any other value then stands
    out, however large the limit.
    """
    if asked.compulsory and given.status in {MeasureStatus.MISSING, MeasureStatus.NOT_APPLICABLE}:
        yield VALUE_UNEXPLAINED, "/status"
    if given.value is None:
        return
    computed = from_parts(asked.indicator, given)
    if computed is not None and not agrees(given.value, computed):
        yield VALUE_DIFFERS, "/value"
    limit = asked.indicator.warn_above_change_percent
    if (
        limit is not None
        and asked.previous is not None
        and abs(given.value - asked.previous) * 100 > limit * abs(asked.previous)
    ):
        yield VALUE_JUMPS, "/value"


def from_parts(indicator: Indicator, given: ReturnValue) -> Decimal | None:
    """The value that numerator and denominator make, in the indicator's unit; None where they make none."""
    if given.numerator is None or given.denominator is None or given.denominator == 0:
        return None
    factor = {
        ValueType.PERCENTAGE: Decimal(100),
        ValueType.RATE: indicator.multiplier,
        ValueType.RATIO: Decimal(1),
        ValueType.DAYS: Decimal(1),
        ValueType.UNIT_COST: Decimal(1),
        ValueType.PRODUCTIVITY: Decimal(1),
    }.get(indicator.value_type)
    if factor is None:
        return None
    with localcontext(prec=60):
        return given.numerator * factor / given.denominator


def agrees(value: Decimal, computed: Decimal) -> bool:
    """Whether a printed value is the computed one, rounded half up to the decimals printed (or more exact)."""
    exponent = plain(value).as_tuple().exponent
    places = max(-exponent if isinstance(exponent, int) else 0, 0)
    printed = value.as_tuple().exponent
    places = max(places, -printed if isinstance(printed, int) else 0)
    with localcontext(prec=60):
        return computed.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) == value


def whole(form: Mapping[UUID, AskedValue], values: Mapping[UUID, ReturnValue]) -> dict[UUID, ReturnValue]:
    """A revision answers every line of its form: one left blank is `missing`, one without a status `actual`."""
    answered: dict[UUID, ReturnValue] = {}
    for indicator_id in form:
        given = values.get(indicator_id, ReturnValue())
        if given.status is None:
            known = MeasureStatus.MISSING if given.value is None else MeasureStatus.ACTUAL
            given = replace(given, status=known)
        answered[indicator_id] = given
    return answered
