"""What is measured: an indicator, its unit and scale, which way is good, and its places in frameworks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.outcomes.rules.dimension import ALL, Dimensions
from services.outcomes.rules.measure import Measure, plain
from shared.errors import Kind, reason

CODE_TAKEN = reason(
    "indicator_code_taken",
    Kind.CONFLICT,
    "Your organisation has another indicator under this code in the partnership.",
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
    """What kind of number it is. `not_stated`: the source prints no unit (S2-O16).

    A unit cost is pounds by a unit of what was done, productivity what was done by a unit of what went in.
    """

    COUNT = "count"
    PERCENTAGE = "percentage"
    RATE = "rate"
    SCORE = "score"
    SURVEY_SCORE = "survey_score"
    DAYS = "days"
    RATIO = "ratio"
    NOT_STATED = "not_stated"
    UNIT_COST = "unit_cost"
    PRODUCTIVITY = "productivity"


class Axis(StrEnum):
    """What an indicator tells of a service: what it achieves, how well, at what cost, or how much it does."""

    OUTCOME = "outcome"
    QUALITY = "quality"
    COST_EFFECTIVENESS = "cost_effectiveness"
    ACTIVITY = "activity"


class Frequency(StrEnum):
    """How often a figure is made, and so by which kind of period it is named."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    FINANCIAL_YEARLY = "financial_yearly"
    CALENDAR_YEARLY = "calendar_yearly"


MADE_OF_TWO = frozenset({ValueType.RATIO, ValueType.UNIT_COST, ValueType.PRODUCTIVITY})


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an indicator stands in a framework. A polarity given here overrides the indicator's own there."""

    framework_id: UUID
    code: str
    polarity: Polarity | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A measure with everything that is needed to read its figures.

    A breakdown is the same measure of one category of a dimension (a township, the most deprived fifth). `version`
    counts its wordings, `reason` says why the newest was chosen, and `updated_at` since when it holds.
    """

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
    rationale: str | None = None
    caveats: str | None = None
    axis: Axis = Axis.OUTCOME
    breakdown_of_indicator_id: UUID | None = None
    dimensions: Dimensions = ALL
    recorded_at: datetime | None = None
    version: int = 1
    reason: str | None = None
    updated_at: datetime | None = None

    @property
    def is_percentage(self) -> bool | None:
        """Whether the unit is itself a percentage; None where the source states no unit at all."""
        if self.value_type is ValueType.PERCENTAGE:
            return True
        if self.unit is None:
            return None if self.value_type is ValueType.NOT_STATED else False
        text = self.unit.casefold()
        return "%" in text or "per cent" in text or "percent" in text

    def domain_in(self, framework_id: UUID | None) -> str | None:
        """The code of the domain in which it stands in this framework."""
        return next((each.domain for each in self.frameworks if each.framework_id == framework_id), None)

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
