"""What is measured: an indicator, its unit and scale, which way is good, and its places in frameworks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.outcomes.rules.measure import Measure, plain
from shared.errors import Fault, Kind, reason

CODE_TAKEN = reason(
    "indicator_code_taken",
    Kind.CONFLICT,
    "Your organisation has another indicator under this code in the partnership.",
)
SCALE_CROSSED = reason(
    "indicator_scale_crossed", Kind.INVALID, "The lowest value of the scale must be below the highest."
)
UNIT_MISSING = reason(
    "indicator_unit_missing",
    Kind.INVALID,
    "A rate needs its multiplier (such as 100000) and a ratio names what stands on each side.",
)
INSTRUMENT_MISSING = reason(
    "indicator_instrument_missing",
    Kind.INVALID,
    "A survey score names the instrument and the version of it that was used: other versions do not compare.",
)
FRAMEWORK_UNKNOWN = reason(
    "indicator_framework_unknown",
    Kind.INVALID,
    "This framework is not on record in the partnership. Record the framework first.",
)
FRAMEWORK_TWICE = reason(
    "indicator_framework_twice",
    Kind.INVALID,
    "An indicator stands once in a framework. Take one of the two out.",
)
WHOLE_UNKNOWN = reason(
    "indicator_whole_unknown",
    Kind.INVALID,
    "The indicator of which this is a part is not on record, or is not measured in the same unit.",
)
OUTSIDE_SCALE = reason(
    "value_outside_scale",
    Kind.INVALID,
    "The value lies outside the scale on which this indicator is measured.",
)
PART_EXCEEDS_WHOLE = reason(
    "part_exceeds_whole",
    Kind.INVALID,
    "This is a part of another indicator and cannot be more than the whole. Check both figures.",
)


class Polarity(StrEnum):
    """Which way is good. It can differ between frameworks, so a framework may state its own."""

    HIGH_IS_GOOD = "high_is_good"
    LOW_IS_GOOD = "low_is_good"
    NONE = "none"


class ValueType(StrEnum):
    """What kind of number it is. `not_stated`: the source prints no unit (S2-O16)."""

    COUNT = "count"
    PERCENTAGE = "percentage"
    RATE = "rate"
    SCORE = "score"
    SURVEY_SCORE = "survey_score"
    DAYS = "days"
    RATIO = "ratio"
    NOT_STATED = "not_stated"


class Frequency(StrEnum):
    """How often a figure is made, and so by which kind of period it is named."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    FINANCIAL_YEARLY = "financial_yearly"
    CALENDAR_YEARLY = "calendar_yearly"


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an indicator stands in a framework. A polarity given here overrides the indicator's own there."""

    framework_id: UUID
    code: str
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A measure with everything that is needed to read its figures."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    code: str
    title: str
    definition: str
    numerator: str | None
    denominator: str | None
    unit: str | None
    value_type: ValueType
    multiplier: Decimal | None
    scale_low: Decimal | None
    scale_high: Decimal | None
    polarity: Polarity
    frequency: Frequency
    source: str | None
    instrument: str | None
    instrument_version: str | None
    part_of_indicator_id: UUID | None
    counts_people: bool
    warn_above_change_percent: Decimal | None
    frameworks: tuple[Placing, ...]
    recorded_at: datetime | None = None

    @property
    def is_percentage(self) -> bool | None:
        """Whether the unit is itself a percentage; None where the source states no unit at all."""
        if self.value_type is ValueType.PERCENTAGE:
            return True
        if self.unit is None:
            return None if self.value_type is ValueType.NOT_STATED else False
        text = self.unit.casefold()
        return "%" in text or "per cent" in text or "percent" in text

    def polarity_in(self, framework_id: UUID | None) -> Polarity:
        """Which way is good, as this framework sees it; the indicator's own where it does not say."""
        for placing in self.frameworks:
            if placing.framework_id == framework_id and placing.polarity is not None:
                return placing.polarity
        return self.polarity


def bounds(indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and highest value that can be: as recorded, else 0 to 100 for a percentage, else from 0."""
    low, high = indicator.scale_low, indicator.scale_high
    if low is None and indicator.value_type is not ValueType.NOT_STATED:
        low = Decimal(0)
    if high is None and indicator.is_percentage:
        high = Decimal(100)
    return low, high


def within_scale(indicator: Indicator, value: Decimal) -> bool:
    low, high = bounds(indicator)
    return (low is None or value >= low) and (high is None or value <= high)


def scale_facts(indicator: Indicator) -> dict[str, Any]:
    """The scale as facts for a refusal."""
    low, high = bounds(indicator)
    return {
        "scale_low": None if low is None else str(plain(low)),
        "scale_high": None if high is None else str(plain(high)),
        "unit": indicator.unit,
    }


def check_value(indicator: Indicator, value: Decimal, pointer: str) -> None:
    """Refuse a value that the scale cannot hold (SCRQoL runs from 0 to 24)."""
    if not within_scale(indicator, value):
        raise OUTSIDE_SCALE(pointer, value=str(plain(value)), **scale_facts(indicator))


def check_part(part: Measure, whole: Measure | None, pointer: str) -> None:
    """Refuse a part that is more than its whole in the same period (S2-O02 within S2-O01)."""
    if part.value is not None and whole is not None and whole.value is not None and part.value > whole.value:
        raise PART_EXCEEDS_WHOLE(pointer, part=str(plain(part.value)), whole=str(plain(whole.value)))


def check_indicator(
    indicator: Indicator, frameworks: Collection[UUID], wholes: Mapping[UUID, Indicator]
) -> Indicator:
    """Give the indicator back, or refuse one that could not be read later.

    `frameworks` are those on record in the partnership, `wholes` the indicators it may be a part of.
    """
    low, high = indicator.scale_low, indicator.scale_high
    if low is not None and high is not None and low >= high:
        raise SCALE_CROSSED("/scale_high", scale_low=str(low), scale_high=str(high))
    if indicator.value_type is ValueType.RATE and indicator.multiplier is None:
        raise UNIT_MISSING("/multiplier")
    if indicator.value_type is ValueType.RATIO and not (indicator.numerator and indicator.denominator):
        raise UNIT_MISSING("/denominator" if indicator.numerator else "/numerator")
    if indicator.value_type is ValueType.SURVEY_SCORE and not (
        indicator.instrument and indicator.instrument_version
    ):
        raise INSTRUMENT_MISSING("/instrument_version" if indicator.instrument else "/instrument")
    _check_placings(indicator, frameworks)
    _check_whole(indicator, wholes)
    return indicator


def _check_placings(indicator: Indicator, frameworks: Collection[UUID]) -> None:
    seen: set[UUID] = set()
    faults: list[Fault] = []
    for index, placing in enumerate(indicator.frameworks):
        pointer = f"/frameworks/{index}/framework_id"
        if placing.framework_id in seen:
            raise FRAMEWORK_TWICE(pointer)
        seen.add(placing.framework_id)
        if placing.framework_id not in frameworks:
            faults.append(Fault(pointer, FRAMEWORK_UNKNOWN.code, FRAMEWORK_UNKNOWN.sentence))
    if faults:
        raise FRAMEWORK_UNKNOWN(faults=faults)


def _check_whole(indicator: Indicator, wholes: Mapping[UUID, Indicator]) -> None:
    if indicator.part_of_indicator_id is None:
        return
    whole = wholes.get(indicator.part_of_indicator_id)
    same = whole is not None and (whole.value_type, whole.multiplier, whole.frequency) == (
        indicator.value_type,
        indicator.multiplier,
        indicator.frequency,
    )
    if whole is None or whole.id == indicator.id or not same:
        raise WHOLE_UNKNOWN("/part_of_indicator_id")
