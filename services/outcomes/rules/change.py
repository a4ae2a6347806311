"""A change for the better or worse: which way, of what, and the refusal of a «5 %» with two readings."""

from __future__ import annotations

from decimal import Decimal, localcontext
from enum import StrEnum

from services.outcomes.rules.indicator import Indicator, Polarity, within_scale
from services.outcomes.rules.measure import Measure, plain
from shared.errors import Kind, reason

AMBIGUOUS_CHANGE = reason(
    "target_change_ambiguous",
    Kind.INVALID,
    "A change in per cent of a figure that is a percentage, or has no unit on record, has two readings. "
    "Say whether a relative change or a change in percentage points is meant.",
)
AGAINST_POLARITY = reason(
    "target_against_polarity",
    Kind.INVALID,
    "Read literally this target asks for a worse outcome: of this indicator, the other way is good. "
    "Say which side is meant.",
)
DIRECTION_UNCLEAR = reason(
    "target_direction_unclear",
    Kind.INVALID,
    "Neither way is good for this indicator, so improvement says nothing. Should it rise or fall?",
)


class Direction(StrEnum):
    """Which way a figure should move."""

    INCREASE = "increase"
    DECREASE = "decrease"
    IMPROVE = "improve"


class Reading(StrEnum):
    """What a change in per cent is taken of: the baseline, or the scale."""

    RELATIVE = "relative"
    POINTS = "points"


class Side(StrEnum):
    """On which side of a comparator the figure should be."""

    ABOVE = "above"
    BELOW = "below"
    BETTER = "better"


def changed(baseline: Decimal, change: Decimal, reading: Reading, direction: Direction) -> Decimal:
    """The baseline after a change: 8.31 less 5 % is 7.8945; 89.3 plus 2 points is 91.3. Exact."""
    with localcontext(prec=60):
        step = baseline * change / 100 if reading is Reading.RELATIVE else change
        return plain(baseline + step if direction is Direction.INCREASE else baseline - step)


def settle_direction(direction: Direction, polarity: Polarity) -> Direction:
    """Turn «improvement» into up or down, and refuse a change for the worse."""
    if direction is Direction.IMPROVE:
        if polarity is Polarity.NONE:
            raise DIRECTION_UNCLEAR("/direction")
        return Direction.INCREASE if polarity is Polarity.HIGH_IS_GOOD else Direction.DECREASE
    worse = Direction.DECREASE if polarity is Polarity.HIGH_IS_GOOD else Direction.INCREASE
    if polarity is not Polarity.NONE and direction is worse:
        raise AGAINST_POLARITY("/direction", polarity=polarity.value, stated=direction.value)
    return direction


def settle_side(side: Side, polarity: Polarity) -> Side:
    """Turn «better than» into above or below; refuse the worse side («above average» of lost years)."""
    if polarity is Polarity.NONE:
        if side is Side.BETTER:
            raise DIRECTION_UNCLEAR("/side")
        return side
    good = Side.ABOVE if polarity is Polarity.HIGH_IS_GOOD else Side.BELOW
    if side not in {good, Side.BETTER}:
        raise AGAINST_POLARITY("/side", polarity=polarity.value, stated=side.value)
    return good


def settle_reading(
    indicator: Indicator, baseline: Measure | None, change: Decimal, direction: Direction, pointer: str
) -> Reading:
    """How a bare «5 %» is read: relative for days, scores and counts; refused where the unit is a percentage.

    The refusal works out both readings (None without a baseline) and says which of them the scale rules out.
    """
    if indicator.is_percentage is False:
        return Reading.RELATIVE
    start = None if baseline is None else baseline.value
    both = {} if start is None else {each: changed(start, change, each, direction) for each in Reading}
    raise AMBIGUOUS_CHANGE(
        pointer,
        baseline=None if start is None else str(plain(start)),
        unit=indicator.unit,
        relative_change=str(both[Reading.RELATIVE]) if both else None,
        point_change=str(both[Reading.POINTS]) if both else None,
        outside_scale=[f"{each.value}" for each, value in both.items() if not within_scale(indicator, value)],
    )
