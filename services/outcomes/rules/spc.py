"""Statistical process control by XmR charts: what is common variation, what is special, and is a target ever met.

Sources: Shewhart's individuals and moving range chart (limits at 2.66 mean moving ranges, ranges of 3.267 times
their mean or more left out once), and the rules of Making Data Count (NHS England): a point outside the limits,
seven points on one side of the mean, a trend of seven, two of three near the same limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import pairwise

from services.outcomes.rules.indicator import Polarity
from services.outcomes.rules.spc_signal import Side, Signal, signals
from shared.errors import Kind, reason

LIMIT_FACTOR = Decimal("2.66")
SCREEN_FACTOR = Decimal("3.267")
FEWEST_FROZEN = 12
FEWEST_SHOWN = 13  # mdc-2023-12 shows neither limits nor icons for fewer points
MOST_POINTS = 500
_DIGITS = 40

POINTS_OUT_OF_ORDER = reason(
    "spc_points_out_of_order", Kind.INVALID, "Each point of a chart is of a later day than the one before."
)
TOO_MANY_POINTS = reason(
    "spc_too_many_points", Kind.INVALID, "A chart has at most 500 points. Ask for a shorter time."
)
REBASE_OFF_CHART = reason(
    "spc_rebase_off_chart",
    Kind.INVALID,
    "A chart is rebased at one of its own points after the first. Name the first day of such a point's period.",
)
FREEZE_TOO_SHORT = reason(
    "spc_freeze_too_short",
    Kind.INVALID,
    "Limits are frozen on at least 12 points, and on no more than a stretch of the chart has.",
)


class RuleSet(StrEnum):
    """Named editions of the rules, since a chart read under another edition says something else.

    `mdc-2023-12` counts a point beyond the limits as near them too, and shows limits from 13 points.
    """

    MDC_2019 = "mdc-2019"
    MDC_2023_12 = "mdc-2023-12"


class Variation(StrEnum):
    """What a point, or the newest point of a chart, says."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "special_cause_improvement"
    CONCERN = "special_cause_concern"
    NEUTRAL_HIGH = "special_cause_neutral_high"
    NEUTRAL_LOW = "special_cause_neutral_low"


class Assurance(StrEnum):
    """Whether the process as it runs meets its target always, never, or by chance."""

    CONSISTENT_PASS = "consistent_pass"  # noqa: S105 a word of the field
    CONSISTENT_FAIL = "consistent_fail"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure of the series and the first day of its period."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Settings:
    """How a chart is made. `rebased_on` are days from which new limits hold; `frozen_after` counts points.

    A stretch's limits rest on its first `frozen_after` points, or on all of them.
    """

    rule_set: RuleSet
    polarity: Polarity
    target: Decimal | None = None
    rebased_on: tuple[date, ...] = ()
    frozen_after: int | None = None


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A point with the limits of its stretch, what makes it special, and what that says. None: not shown."""

    on: date
    value: Decimal
    stretch: int
    centre: Decimal
    lower: Decimal | None
    upper: Decimal | None
    signal: Signal | None
    variation: Variation | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The points between two rebasings and what they show together."""

    number: int
    points: int
    centre: Decimal
    lower: Decimal | None
    upper: Decimal | None
    counts: dict[Variation, int]


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart. `variation` is of the newest point and `assurance` of the newest stretch; None: not shown."""

    rule_set: RuleSet
    points: tuple[ChartPoint, ...]
    stretches: tuple[Stretch, ...]
    variation: Variation | None
    assurance: Assurance | None


def chart(readings: Sequence[Reading], settings: Settings) -> Chart:
    """The chart of a series in the order of time. Of an empty series it is an empty chart."""
    _check(readings, settings)
    points: list[ChartPoint] = []
    stretches: list[Stretch] = []
    with localcontext() as context:
        context.prec = _DIGITS
        for number, part in enumerate(_parts(readings, settings.rebased_on)):
            drawn = _draw(number, part, settings)
            points.extend(drawn)
            stretches.append(_summary(number, drawn))
    return Chart(
        settings.rule_set,
        tuple(points),
        tuple(stretches),
        points[-1].variation if points else None,
        _assurance(stretches[-1], settings) if stretches else None,
    )


def limits(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Lower limit, centre and upper limit of the values on which a stretch rests.

    Moving ranges of 3.267 times their mean or more are left out of the mean once; the centre keeps every value.
    """
    centre = sum(values, Decimal(0)) / len(values)
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    if not ranges:
        return centre, centre, centre
    screen = SCREEN_FACTOR * sum(ranges, Decimal(0)) / len(ranges)
    kept = [each for each in ranges if each < screen] or ranges
    width = LIMIT_FACTOR * sum(kept, Decimal(0)) / len(kept)
    return centre - width, centre, centre + width


def _check(readings: Sequence[Reading], settings: Settings) -> None:
    if len(readings) > MOST_POINTS:
        raise TOO_MANY_POINTS(most=MOST_POINTS, points=len(readings))
    for earlier, later in pairwise(readings):
        if later.on <= earlier.on:
            raise POINTS_OUT_OF_ORDER(day=later.on)
    possible = {each.on for each in readings[1:]}
    for day in settings.rebased_on:
        if day not in possible:
            raise REBASE_OFF_CHART("/rebased_on", day=day)
    frozen = settings.frozen_after
    if frozen is not None and readings:
        shortest = min(len(part) for part in _parts(readings, settings.rebased_on))
        if not FEWEST_FROZEN <= frozen <= shortest:
            raise FREEZE_TOO_SHORT("/frozen_after", fewest=FEWEST_FROZEN, shortest_stretch=shortest)


def _parts(readings: Sequence[Reading], rebased_on: Sequence[date]) -> list[list[Reading]]:
    parts: list[list[Reading]] = []
    for each in readings:
        if not parts or each.on in rebased_on:
            parts.append([])
        parts[-1].append(each)
    return parts


def _draw(number: int, part: Sequence[Reading], settings: Settings) -> list[ChartPoint]:
    values = [each.value for each in part]
    lower, centre, upper = limits(values[: settings.frozen_after])
    newer = settings.rule_set is RuleSet.MDC_2023_12
    if newer and len(part) < FEWEST_SHOWN:
        return [ChartPoint(each.on, each.value, number, centre, None, None, None, None) for each in part]
    found = signals(values, (lower, centre, upper), beyond_is_near=newer)
    return [
        ChartPoint(
            each.on, each.value, number, centre, lower, upper, signal, _says(signal, side, settings.polarity)
        )
        for each, (signal, side) in zip(part, found, strict=True)
    ]


def _says(signal: Signal | None, side: Side, polarity: Polarity) -> Variation:
    if signal is None:
        return Variation.COMMON_CAUSE
    high = side is Side.ABOVE
    if polarity is Polarity.NONE:
        return Variation.NEUTRAL_HIGH if high else Variation.NEUTRAL_LOW
    good = high is (polarity is Polarity.HIGH_IS_GOOD)
    return Variation.IMPROVEMENT if good else Variation.CONCERN


def _summary(number: int, drawn: Sequence[ChartPoint]) -> Stretch:
    shown = [each.variation for each in drawn]
    first = drawn[0]
    counts = {kind: shown.count(kind) for kind in Variation if kind in shown}
    return Stretch(number, len(drawn), first.centre, first.lower, first.upper, counts)


def _assurance(last: Stretch, settings: Settings) -> Assurance | None:
    """By the limits of the newest stretch alone; a target without a direction assures of nothing."""
    if settings.target is None or last.lower is None or last.upper is None:
        return None
    if settings.polarity is Polarity.NONE:
        return None
    if last.lower <= settings.target <= last.upper:
        return Assurance.INCONSISTENT
    better = (settings.target < last.lower) is (settings.polarity is Polarity.HIGH_IS_GOOD)
    return Assurance.CONSISTENT_PASS if better else Assurance.CONSISTENT_FAIL
