"""What makes a point of a control chart special: the four rules of Making Data Count, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum, StrEnum
from itertools import pairwise

RUN = 7


class Side(Enum):
    """On which side of the mean a point lies, or in which direction a trend goes."""

    BELOW = -1
    ON = 0
    ABOVE = 1


class Signal(StrEnum):
    """Why a point is special."""

    ABOVE_UPPER_LIMIT = "above_upper_limit"
    BELOW_LOWER_LIMIT = "below_lower_limit"
    SEVEN_ABOVE_MEAN = "seven_above_mean"
    SEVEN_BELOW_MEAN = "seven_below_mean"
    TREND_UP = "trend_of_seven_up"
    TREND_DOWN = "trend_of_seven_down"
    TWO_OF_THREE_HIGH = "two_of_three_near_upper_limit"
    TWO_OF_THREE_LOW = "two_of_three_near_lower_limit"


_OUTSIDE = {Side.ABOVE: Signal.ABOVE_UPPER_LIMIT, Side.BELOW: Signal.BELOW_LOWER_LIMIT}
_SHIFT = {Side.ABOVE: Signal.SEVEN_ABOVE_MEAN, Side.BELOW: Signal.SEVEN_BELOW_MEAN}
_TREND = {Side.ABOVE: Signal.TREND_UP, Side.BELOW: Signal.TREND_DOWN}
_NEAR = {Side.ABOVE: Signal.TWO_OF_THREE_HIGH, Side.BELOW: Signal.TWO_OF_THREE_LOW}


def signals(
    values: Sequence[Decimal], limits: tuple[Decimal, Decimal, Decimal], *, beyond_is_near: bool
) -> list[tuple[Signal | None, Side]]:
    """For each value its strongest signal and the side that it speaks for.

    `limits` are lower, centre and upper. `beyond_is_near`: a point outside the limits counts as near them too.
    """
    lower, centre, upper = limits
    sides = [_sign(value - centre) for value in values]
    outside = [not lower <= value <= upper for value in values]
    near = _near(values, limits, outside, beyond_is_near)
    shifted = _runs(sides, RUN, RUN)
    steps = [_sign(later - earlier) for earlier, later in pairwise(values)]
    trending = _runs(steps, RUN - 1, RUN)
    doubled = _two_of_three(near, sides)
    found: list[tuple[Signal | None, Side]] = []
    for number, side in enumerate(sides):
        trend = trending.get(number)
        if outside[number]:
            found.append((_OUTSIDE[side], side))
        elif trend is not None:
            found.append((_TREND[trend], trend))
        elif number in doubled:
            found.append((_NEAR[side], side))
        elif number in shifted:
            found.append((_SHIFT[side], side))
        else:
            found.append((None, side))
    return found


def _near(
    values: Sequence[Decimal],
    limits: tuple[Decimal, Decimal, Decimal],
    outside: Sequence[bool],
    beyond_is_near: bool,
) -> list[bool]:
    """Beyond two thirds of the way from the mean to a limit."""
    lower, centre, upper = limits
    low, high = centre + (lower - centre) * 2 / 3, centre + (upper - centre) * 2 / 3
    return [
        (value < low or value > high) and (beyond_is_near or not out)
        for value, out in zip(values, outside, strict=True)
    ]


def _runs(signs: Sequence[Side], length: int, points: int) -> dict[int, Side]:
    """The numbers of all points in a run of so many equal signs or more, with `points` to the first `length` signs."""
    found: dict[int, Side] = {}
    start = 0
    for number, sign in enumerate(signs):
        if sign is not signs[start]:
            start = number
        if number - start + 1 >= length and sign is not Side.ON:
            first = number - length + 1
            found.update(dict.fromkeys(range(first, first + points), sign))
    return found


def _two_of_three(near: Sequence[bool], sides: Sequence[Side]) -> set[int]:
    """The near points of every three in a row that lie on one side and of which two are near the limit."""
    found: set[int] = set()
    for first in range(len(near) - 2):
        together = sides[first] is sides[first + 1] is sides[first + 2] and sides[first] is not Side.ON
        if together and sum(near[first : first + 3]) >= 2:
            found.update(each for each in range(first, first + 3) if near[each])
    return found


def _sign(difference: Decimal) -> Side:
    if difference == 0:
        return Side.ON
    return Side.ABOVE if difference > 0 else Side.BELOW
