"""What a target comes to for one period: a figure and the side that is good, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from services.outcomes.rules.change import Direction, Reading, Side, changed
from services.outcomes.rules.comparator import Comparator
from services.outcomes.rules.indicator import Indicator, Polarity, within_scale
from services.outcomes.rules.measure import BOUNDS, Measure, MeasureStatus, cut
from services.outcomes.rules.reporting_period import month_index
from services.outcomes.rules.target import Interpolation, Milestone, Target, TargetKind
from shared.calendar import Period, read_period
from shared.money import Qualifier


class Sense(StrEnum):
    """On which side of the resolved figure the target is met."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"


class Unresolved(StrEnum):
    """Why a target has no figure for a period."""

    NO_TARGET = "no_target"
    TARGET_DEFERRED = "target_deferred"
    BASELINE_MISSING = "baseline_missing"
    COMPARATOR_MISSING = "comparator_missing"
    COMPARATOR_NOT_YET_AVAILABLE = "comparator_not_yet_available"
    COMPARATOR_SUPPRESSED = "comparator_suppressed"
    MILESTONE_NOT_SET = "milestone_not_set"
    TARGET_OUTSIDE_SCALE = "target_outside_scale"
    POLARITY_NONE = "polarity_none"


class Stage(StrEnum):
    """The two stages of «halt the rise, then reduce»."""

    HALT = "halt"
    REDUCE = "reduce"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A target at one period. `value` is None exactly when `unresolved` says why.

    `due` is False while the period lies before the one in which the target is to be reached.
    `approximate`: it rests on a figure printed as a bound or an approximation. `interpolated`: no milestone
    stands for this period, the straight line between two was asked for.
    """

    value: Decimal | None
    sense: Sense | None
    due: bool
    unresolved: Unresolved | None = None
    stage: Stage | None = None
    approximate: bool = False
    interpolated: bool = False


def resolve(
    target: Target | None,
    indicator: Indicator,
    *,
    polarity: Polarity,
    baseline: tuple[Measure, Period] | None,
    comparator: Comparator | None,
    period: Period,
) -> Resolved:
    """What the target comes to for figures of `period`.

    A comparator target resolves against the same period's comparator, so it moves with it (S2-O01).
    A relative target without a baseline is `baseline_missing` (S2-O04). `polarity` is the framework's own
    where it has one.
    """
    if target is None or target.kind is TargetKind.NOT_SET:
        return _none(Unresolved.NO_TARGET)
    if target.kind is TargetKind.DEFERRED:
        return _none(Unresolved.TARGET_DEFERRED)
    due = target.period is None or period.last_day >= read_period(target.period).first_day
    if target.kind is TargetKind.ABSOLUTE:
        found = Resolved(target.value, _sense(polarity), due)
    elif target.kind is TargetKind.TRAJECTORY:
        found = _on_trajectory(target, polarity, baseline, period)
    elif target.kind is TargetKind.COMPARATOR_EQUAL or target.kind is TargetKind.COMPARATOR_BETTER_THAN:
        found = _against(target, polarity, comparator, period, due)
    else:
        found = _after_change(target, baseline, due)
    if found.unresolved is None and found.value is not None and not within_scale(indicator, found.value):
        return _none(Unresolved.TARGET_OUTSIDE_SCALE, due)
    if found.unresolved is None and found.sense is None:
        return _none(Unresolved.POLARITY_NONE, due)
    return found


def _none(why: Unresolved, due: bool = True) -> Resolved:
    return Resolved(None, None, due, why)


def _sense(polarity: Polarity) -> Sense | None:
    if polarity is Polarity.NONE:
        return None
    return Sense.AT_LEAST if polarity is Polarity.HIGH_IS_GOOD else Sense.AT_MOST


def _rough(measure: Measure) -> bool:
    return _is_rough(measure.qualifier)


def _is_rough(qualifier: Qualifier | None) -> bool:
    return qualifier in BOUNDS or qualifier is Qualifier.APPROXIMATELY


def _after_change(target: Target, baseline: tuple[Measure, Period] | None, due: bool) -> Resolved:
    assert target.change is not None
    assert target.direction is not None
    if baseline is None or baseline[0].value is None:
        return _none(Unresolved.BASELINE_MISSING, due)
    start = baseline[0].value
    sense = Sense.AT_LEAST if target.direction is Direction.INCREASE else Sense.AT_MOST
    if target.kind is TargetKind.HALT_THEN_REDUCE and not due:
        return Resolved(start, sense, True, None, Stage.HALT, _rough(baseline[0]))
    stage = Stage.REDUCE if target.kind is TargetKind.HALT_THEN_REDUCE else None
    value = cut(changed(start, target.change, target.reading or Reading.RELATIVE, target.direction))
    rough = _rough(baseline[0]) or _is_rough(target.change_qualifier)
    return Resolved(value, sense, due, None, stage, rough)


def _against(
    target: Target, polarity: Polarity, comparator: Comparator | None, period: Period, due: bool
) -> Resolved:
    measure = None if comparator is None else comparator.at(period.id)
    if measure is None:
        return _none(Unresolved.COMPARATOR_MISSING, due)
    if measure.value is None:
        return _none(_WITHOUT_VALUE.get(measure.status, Unresolved.COMPARATOR_MISSING), due)
    if target.kind is TargetKind.COMPARATOR_EQUAL:
        return Resolved(measure.value, _sense(polarity), due, approximate=_rough(measure))
    strict = Sense.ABOVE if target.side is Side.ABOVE else Sense.BELOW
    return Resolved(measure.value, strict, due, approximate=_rough(measure))


# What is missing or not applicable in a series is not there, like a period that it does not have.
_WITHOUT_VALUE = {
    MeasureStatus.NOT_YET_AVAILABLE: Unresolved.COMPARATOR_NOT_YET_AVAILABLE,
    MeasureStatus.SUPPRESSED: Unresolved.COMPARATOR_SUPPRESSED,
}


def _on_trajectory(
    target: Target, polarity: Polarity, baseline: tuple[Measure, Period] | None, period: Period
) -> Resolved:
    for milestone in target.milestones:
        within = read_period(milestone.period)
        if (
            milestone.value is not None
            and within.first_day <= period.first_day
            and period.last_day <= within.last_day
        ):
            return Resolved(milestone.value, _sense(polarity), True)
    known = _points(target.milestones, baseline)
    month = month_index(period.last_day)
    before = [point for point in known if point[0] <= month]
    after = [point for point in known if point[0] > month]
    if before and not after and month < _blank_from(target.milestones):
        _, last, rough = before[-1]
        return Resolved(last, _sense(polarity), True, approximate=rough)
    if target.interpolation is Interpolation.NONE or not before or not after:
        return _none(Unresolved.MILESTONE_NOT_SET)
    (m0, v0, rough), (m1, v1, _) = before[-1], after[0]
    with localcontext(prec=60):
        value = v0 + (v1 - v0) * (month - m0) / (m1 - m0)
    return Resolved(cut(value), _sense(polarity), True, approximate=rough, interpolated=True)


def _blank_from(milestones: Sequence[Milestone]) -> float:
    """The month from which the last columns are left empty: nothing is aimed at there, not the figure before them."""
    first = math.inf
    for each in reversed(milestones):
        if each.value is not None:
            break
        first = month_index(read_period(each.period).first_day)
    return first


def _points(
    milestones: Sequence[Milestone], baseline: tuple[Measure, Period] | None
) -> list[tuple[int, Decimal, bool]]:
    """The known points of a trajectory by month, the baseline first where it lies before them; whether each is rough."""
    points = [
        (month_index(read_period(each.period).last_day), each.value, False)
        for each in milestones
        if each.value is not None
    ]
    if baseline is not None and baseline[0].value is not None:
        start = month_index(baseline[1].last_day)
        if not points or start < points[0][0]:
            points.insert(0, (start, baseline[0].value, _rough(baseline[0])))
    return points
