"""Decisions that name another one: what ratifies an urgent one, and what a member decides at an executive meeting."""

from __future__ import annotations

from datetime import date

from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import Decision, Outcome, counts_from, lapses_after
from shared.errors import Kind, reason

NOT_URGENT = reason(
    "ratifies_nothing_urgent",
    Kind.INVALID,
    "There is no urgent decision of your organisation on this subject under that id to ratify.",
)
RATIFIED_TOO_LATE = reason(
    "ratified_too_late",
    Kind.CONFLICT,
    "The urgent decision lapsed when its day passed. Take the decision anew.",
)
RATIFIED_EARLY = reason(
    "ratified_before_decision", Kind.INVALID, "A decision is ratified on or after the day it was made."
)
RATIFIED_ALREADY = reason(
    "ratified_already", Kind.CONFLICT, "This urgent decision has been ratified or turned down already."
)
RATIFICATION_OUTCOME = reason(
    "ratification_outcome",
    Kind.INVALID,
    "A ratification approves the urgent decision or rejects it, without conditions.",
)
MEETING_UNKNOWN = reason(
    "meeting_unknown",
    Kind.INVALID,
    "There is no note of an executive meeting on this subject under that id, of the same day or earlier.",
)


def require_meeting(meeting: Decision | None, decision: Decision) -> None:
    """Refuse a member's decision that names no executive meeting on its subject (S3-G03)."""
    if (
        meeting is None
        or meeting.body_type is not BodyType.EXECUTIVE_MEETING
        or meeting.decided_on > decision.decided_on
    ):
        raise MEETING_UNKNOWN("/at_meeting_id")


def check_ratification(ratifying: Decision, urgent: Decision | None) -> None:
    """Refuse to ratify what was not urgent, is on another text, has lapsed, or was ratified before."""
    if (
        urgent is None
        or urgent.ratify_by is None
        or urgent.edition != ratifying.edition
        or urgent.owner_organisation_id != ratifying.owner_organisation_id
    ):
        raise NOT_URGENT("/ratifies_decision_id")
    if ratifying.outcome not in {Outcome.APPROVED, Outcome.REJECTED} or ratifying.ratify_by is not None:
        raise RATIFICATION_OUTCOME("/outcome")
    if urgent.ratified is not None:
        raise RATIFIED_ALREADY("/ratifies_decision_id", ratified=urgent.ratified)
    if ratifying.decided_on < urgent.decided_on:
        raise RATIFIED_EARLY("/decided_on", decided_on=urgent.decided_on)
    if ratifying.decided_on > urgent.ratify_by:
        raise RATIFIED_TOO_LATE("/decided_on", ratify_by=urgent.ratify_by)


def stands_on(decision: Decision, day: date) -> bool:
    """Whether an approval counts on a day. An urgent one that nobody ratified in time lapses."""
    counts, lapses = counts_from(decision), lapses_after(decision)
    return counts is not None and counts <= day and (lapses is None or day <= lapses)
