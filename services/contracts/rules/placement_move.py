"""Moves of placements: begin, review, suspend, resume and end the care of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.contracts.rules.contract import Contract
from services.contracts.rules.placement import CONTRACT_UNKNOWN, Placement, check_open, checked
from services.contracts.rules.placement_life import (
    KeptPlacementStep,
    PlacementEndReason,
    PlacementState,
    move_to,
)
from shared.errors import Kind, reason

MOVED_BEFORE_START = reason(
    "placement_moved_before_start", Kind.INVALID, "The day lies before the placement started."
)
MOVED_BEFORE_LAST = reason(
    "placement_moved_before_last", Kind.INVALID, "The day lies before that of the placement's last move."
)
NEXT_REVIEW_PASSED = reason(
    "placement_next_review_passed", Kind.INVALID, "The next review comes after this one."
)
NOT_STARTED_ONLY = reason(
    "placement_not_started_only",
    Kind.INVALID,
    "A planned placement ends as not_started, and one that has begun for another reason.",
)

RETENTION_AT_END = reason(
    "placement_retention_at_end",
    Kind.INVALID,
    "Retention runs from the end of care, and this record would not be kept beyond it. Set keep_until to a later day"
    " first, then end the placement.",
)


def activate(placement: Placement, contract: Contract | None, on: date) -> Placement:
    """The placement begins. Its contract must run, and still be one of the owner's."""
    if placement.state is not PlacementState.PLANNED:
        move_to(placement.state, PlacementState.PLANNED)  # never open: what rests is resumed, not begun again
    moved = move_to(placement.state, PlacementState.ACTIVE)
    if contract is None:
        raise CONTRACT_UNKNOWN()
    check_open(contract, moved)
    return checked(replace(placement, state=moved, start_date=on))


def review(
    placement: Placement, history: Sequence[KeptPlacementStep], on: date, next_review: date
) -> Placement:
    """The placement was reviewed, and will be again."""
    moved = move_to(placement.state, PlacementState.REVIEWED)
    _check_day(placement, history, on)
    if next_review <= on:
        raise NEXT_REVIEW_PASSED("/next_review")
    return checked(replace(placement, state=moved, reviewed_on=on, review_date=next_review))


def suspend(placement: Placement, history: Sequence[KeptPlacementStep], on: date) -> Placement:
    moved = move_to(placement.state, PlacementState.SUSPENDED)
    _check_day(placement, history, on)
    return checked(replace(placement, state=moved))


def resume(placement: Placement, history: Sequence[KeptPlacementStep], on: date) -> Placement:
    """The placement goes on as it stood before: reviewed, if it had been."""
    before = PlacementState.ACTIVE if placement.reviewed_on is None else PlacementState.REVIEWED
    if placement.state is not PlacementState.SUSPENDED:
        move_to(placement.state, PlacementState.PLANNED)  # never open, so that the refusal says what is
    _check_day(placement, history, on)
    return checked(replace(placement, state=before))


def end(
    placement: Placement, history: Sequence[KeptPlacementStep], on: date, why: PlacementEndReason
) -> Placement:
    """The placement is over; `on` is its last day. One that never began ends on any day."""
    planned = placement.state is PlacementState.PLANNED
    moved = move_to(placement.state, PlacementState.ENDED)
    if planned != (why is PlacementEndReason.NOT_STARTED):
        raise NOT_STARTED_ONLY("/reason")
    if not planned:
        _check_day(placement, history, on)
    if placement.keep_until <= on:
        raise RETENTION_AT_END("/on", keep_until=placement.keep_until.isoformat())
    return checked(replace(placement, state=moved, ended_on=on, end_reason=why.value))


def _check_day(placement: Placement, history: Sequence[KeptPlacementStep], on: date) -> None:
    start = placement.start_date
    if start is not None and on < start:
        raise MOVED_BEFORE_START("/on", start_date=start.isoformat())
    last = max((step.on for step in history if step.on is not None), default=date.min)
    if on < last:
        raise MOVED_BEFORE_LAST("/on", last_move_on=last.isoformat())
