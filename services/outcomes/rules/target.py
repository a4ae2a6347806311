"""What is aimed at: the kinds of target, what each must say, and setting one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.change import (
    Direction,
    Reading,
    Side,
    changed,
    settle_direction,
    settle_reading,
    settle_side,
)
from services.outcomes.rules.comparator import Comparator
from services.outcomes.rules.indicator import Indicator, check_value, scale_facts, within_scale
from services.outcomes.rules.measure import Measure, expected, plain
from services.outcomes.rules.reporting_period import check_horizon, month_index
from shared.calendar import read_period
from shared.errors import Kind, reason
from shared.money import Qualifier

TARGET_TWICE = reason(
    "target_taken",
    Kind.CONFLICT,
    "This indicator has a target for that period. Two targets measure two things: split it into two indicators.",
)
OUTSIDE_SCALE = reason(
    "target_outside_scale",
    Kind.INVALID,
    "The target lies outside the scale on which this indicator is measured.",
)
FIELD_MISSING = reason("target_field_missing", Kind.INVALID, "A target of this kind needs this field.")
FIELD_OUT_OF_PLACE = reason(
    "target_field_out_of_place", Kind.INVALID, "A target of this kind has no such field. Leave it out."
)
ONLY_WORDS = reason(
    "target_only_words",
    Kind.INVALID,
    "A target that is only words can be recorded as deferred. Any other kind needs its figure.",
)
COMPARATOR_UNKNOWN = reason(
    "target_comparator_unknown", Kind.INVALID, "This comparator series is not on record for the indicator."
)
MILESTONES_DISORDERED = reason(
    "target_milestones_disordered", Kind.INVALID, "Put the milestones in order of time, one for a period."
)
CHANGE_NOT_POSITIVE = reason(
    "target_change_not_positive",
    Kind.INVALID,
    "Write the size of the change as more than 0 and its direction beside it.",
)


class TargetKind(StrEnum):
    """How a target is expressed."""

    ABSOLUTE = "absolute"
    RELATIVE_CHANGE = "relative_change"
    POINT_CHANGE = "point_change"
    TRAJECTORY = "trajectory"
    COMPARATOR_EQUAL = "comparator_equal"
    COMPARATOR_BETTER_THAN = "comparator_better_than"
    HALT_THEN_REDUCE = "halt_then_reduce"
    DEFERRED = "deferred"
    NOT_SET = "not_set"


class Interpolation(StrEnum):
    """What stands between two milestones. Nothing, unless a straight line is asked for (S2-O22)."""

    NONE = "none"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A figure to be reached in a period; None where the source leaves the column empty."""

    period: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Target:
    """A target of one indicator. `period` is by when; None: at all times. `stated` keeps the source's words.

    `change` is the size of a change, in per cent of the baseline or in the indicator's own unit.
    `amber_tolerance`, in the indicator's unit, is how far short still counts as amber.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    contract_id: UUID | None
    kind: TargetKind
    period: str | None = None
    value: Decimal | None = None
    change: Decimal | None = None
    change_qualifier: Qualifier | None = None
    direction: Direction | None = None
    reading: Reading | None = None
    comparator_id: UUID | None = None
    side: Side | None = None
    milestones: tuple[Milestone, ...] = ()
    interpolation: Interpolation = Interpolation.NONE
    amber_tolerance: Decimal | None = None
    stated: str | None = None
    recorded_at: datetime | None = None


_FIELDS: dict[TargetKind, tuple[frozenset[str], frozenset[str]]] = {
    # kind: (fields it must have, fields it may have besides)
    TargetKind.ABSOLUTE: (frozenset({"value"}), frozenset({"period"})),
    TargetKind.RELATIVE_CHANGE: (
        frozenset({"change", "direction"}),
        frozenset({"period", "change_qualifier"}),
    ),
    TargetKind.POINT_CHANGE: (frozenset({"change", "direction"}), frozenset({"period", "change_qualifier"})),
    TargetKind.TRAJECTORY: (frozenset({"milestones"}), frozenset()),
    TargetKind.COMPARATOR_EQUAL: (frozenset({"comparator_id"}), frozenset({"period"})),
    TargetKind.COMPARATOR_BETTER_THAN: (frozenset({"comparator_id", "side"}), frozenset({"period"})),
    TargetKind.HALT_THEN_REDUCE: (
        frozenset({"change", "direction", "period"}),
        frozenset({"reading", "change_qualifier"}),
    ),
    TargetKind.DEFERRED: (frozenset({"stated"}), frozenset({"period"})),
    TargetKind.NOT_SET: (frozenset(), frozenset({"period"})),
}
_KIND_FIELDS = (
    "period",
    "value",
    "change",
    "change_qualifier",
    "direction",
    "reading",
    "comparator_id",
    "side",
    "milestones",
)


def set_target(
    asked: Target,
    kind_stated: bool,
    indicator: Indicator,
    baseline: Measure | None,
    comparator: Comparator | None,
) -> Target:
    """The target as it will be kept: direction and reading settled, its figure within the scale.

    `kind_stated` is False where the source says only «5 % improvement»: the unit then settles the kind.
    """
    if not kind_stated and asked.change is None:
        raise ONLY_WORDS("/kind") if asked.stated else FIELD_MISSING("/kind")
    _check_fields(asked)
    if asked.period is not None:
        check_horizon(indicator.frequency, asked.period, "/period")
    if asked.change is not None and asked.direction is not None:
        return _set_change(asked, kind_stated, indicator, baseline)
    if asked.kind in {TargetKind.COMPARATOR_EQUAL, TargetKind.COMPARATOR_BETTER_THAN}:
        settled = (
            asked if asked.side is None else replace(asked, side=settle_side(asked.side, indicator.polarity))
        )
        if comparator is None or comparator.indicator_id != indicator.id:
            raise COMPARATOR_UNKNOWN("/comparator_id")
        return settled
    if asked.value is not None:
        _check_scale(indicator, asked.value, "/value")
    _check_milestones(asked, indicator)
    return asked


def _set_change(asked: Target, kind_stated: bool, indicator: Indicator, baseline: Measure | None) -> Target:
    assert asked.change is not None
    assert asked.direction is not None
    if asked.change <= 0:
        raise CHANGE_NOT_POSITIVE("/change")
    change = expected(asked.change, asked.change_qualifier)
    direction = settle_direction(asked.direction, indicator.polarity)
    fixed = {TargetKind.RELATIVE_CHANGE: Reading.RELATIVE, TargetKind.POINT_CHANGE: Reading.POINTS}
    stated = fixed.get(asked.kind, asked.reading) if kind_stated else None
    reading = stated or settle_reading(
        indicator, baseline, change, direction, "/reading" if kind_stated else "/kind"
    )
    if baseline is not None and baseline.value is not None:
        _check_scale(indicator, changed(baseline.value, change, reading, direction), "/change")
    kind = asked.kind
    if kind is not TargetKind.HALT_THEN_REDUCE:
        kind = TargetKind.RELATIVE_CHANGE if reading is Reading.RELATIVE else TargetKind.POINT_CHANGE
    return replace(asked, kind=kind, direction=direction, reading=reading)


def _check_fields(asked: Target) -> None:
    needed, allowed = _FIELDS[asked.kind]
    for name in _KIND_FIELDS:
        present = getattr(asked, name) not in (None, ())
        if name in needed and not present:
            raise ONLY_WORDS(f"/{name}") if asked.stated else FIELD_MISSING(f"/{name}", kind=asked.kind.value)
        if name not in needed | allowed and present:
            raise FIELD_OUT_OF_PLACE(f"/{name}", kind=asked.kind.value)
    if "stated" in needed and not asked.stated:
        raise FIELD_MISSING("/stated", kind=asked.kind.value)


def _check_milestones(asked: Target, indicator: Indicator) -> None:
    last = -1
    for index, milestone in enumerate(asked.milestones):
        check_horizon(indicator.frequency, milestone.period, f"/milestones/{index}/period")
        month = month_index(read_period(milestone.period).last_day)
        if month <= last:
            raise MILESTONES_DISORDERED(f"/milestones/{index}/period")
        last = month
        if milestone.value is not None:
            check_value(indicator, milestone.value, f"/milestones/{index}/value")
    if asked.milestones and all(each.value is None for each in asked.milestones):
        raise (
            ONLY_WORDS("/milestones") if asked.stated else FIELD_MISSING("/milestones", kind=asked.kind.value)
        )


def _check_scale(indicator: Indicator, value: Decimal, pointer: str) -> None:
    if not within_scale(indicator, value):
        raise OUTSIDE_SCALE(pointer, target=str(plain(value)), **scale_facts(indicator))
