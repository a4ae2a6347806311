"""Red, amber or green, each with a reason that a machine can read; unrated is an answer too."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.outcomes.rules.measure import Measure
from services.outcomes.rules.resolution import Resolved, Sense, Unresolved

# A missing or deferred target says more than a missing figure; any other gap comes after the figure's own.
_FIRST = (Unresolved.NO_TARGET, Unresolved.TARGET_DEFERRED)


class Colour(StrEnum):
    """The rating of one figure against its target."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNRATED = "unrated"


class RatingReason(StrEnum):
    """Why a figure has its rating. The first six carry a colour, the rest are reasons for having none."""

    TARGET_MET = "target_met"
    WITHIN_TOLERANCE = "within_tolerance"
    IMPROVED_ON_BASELINE = "improved_on_baseline"
    NOT_YET_DUE = "not_yet_due"
    SHORT_OF_TARGET = "short_of_target"
    WORSE_THAN_BASELINE = "worse_than_baseline"
    NO_TARGET = "no_target"
    TARGET_DEFERRED = "target_deferred"
    BASELINE_MISSING = "baseline_missing"
    COMPARATOR_MISSING = "comparator_missing"
    COMPARATOR_NOT_YET_AVAILABLE = "comparator_not_yet_available"
    COMPARATOR_SUPPRESSED = "comparator_suppressed"
    MILESTONE_NOT_SET = "milestone_not_set"
    TARGET_OUTSIDE_SCALE = "target_outside_scale"
    POLARITY_NONE = "polarity_none"
    NOT_YET_AVAILABLE = "not_yet_available"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"
    NOTHING_ACCEPTED = "nothing_accepted"


@dataclass(frozen=True, slots=True)
class Rating:
    """A colour and why."""

    colour: Colour
    reason: RatingReason


def meets(value: Decimal, target: Decimal, sense: Sense) -> bool:
    """Whether a figure is on the good side of the target."""
    if sense is Sense.AT_LEAST:
        return value >= target
    if sense is Sense.AT_MOST:
        return value <= target
    return value > target if sense is Sense.ABOVE else value < target


def rate(
    figure: Measure | None, target: Resolved, baseline: Measure | None, amber_tolerance: Decimal | None
) -> Rating:
    """Rate a figure against its target, as the partnership's own convention has it.

    Green: met. Amber: short by no more than the target's stated tolerance; where none is stated, short but
    better than the baseline; and before the target is due, no worse than the baseline. Red: otherwise.
    Guidance leaves the amber band to the body that sets the target, so the band is data of the target.
    """
    if target.unresolved in _FIRST:
        return _unrated(RatingReason(target.unresolved))
    if figure is not None and figure.value is None:
        return _unrated(RatingReason(figure.status))
    if target.unresolved is not None:
        return _unrated(RatingReason(target.unresolved))
    if figure is None or figure.value is None:
        return _unrated(RatingReason.NOTHING_ACCEPTED)
    assert target.value is not None
    assert target.sense is not None
    return _colour(
        figure.value,
        target,
        goal=target.value,
        sense=target.sense,
        baseline=baseline,
        tolerance=amber_tolerance,
    )


def _unrated(why: RatingReason) -> Rating:
    return Rating(Colour.UNRATED, why)


def _colour(
    value: Decimal,
    target: Resolved,
    *,
    goal: Decimal,
    sense: Sense,
    baseline: Measure | None,
    tolerance: Decimal | None,
) -> Rating:
    if meets(value, goal, sense):
        return Rating(Colour.GREEN, RatingReason.TARGET_MET)
    start = None if baseline is None else baseline.value
    upward = sense is Sense.AT_LEAST or sense is Sense.ABOVE
    gain = None if start is None else (value - start if upward else start - value)
    if not target.due and (gain is None or gain >= 0):
        colour = Colour.UNRATED if gain is None else Colour.AMBER
        return Rating(colour, RatingReason.NOT_YET_DUE)
    if tolerance is not None and abs(goal - value) <= tolerance:
        return Rating(Colour.AMBER, RatingReason.WITHIN_TOLERANCE)
    if tolerance is None and gain is not None and gain > 0:
        return Rating(Colour.AMBER, RatingReason.IMPROVED_ON_BASELINE)
    worse = gain is not None and gain < 0
    return Rating(Colour.RED, RatingReason.WORSE_THAN_BASELINE if worse else RatingReason.SHORT_OF_TARGET)
