"""What partners planned to reach and when, beside when they did: to the day, the month or the year they said it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.budget.rules.integration_stage import IntegrationStage
from shared.errors import Kind, reason

WHEN_UNREADABLE = reason(
    "when_unreadable",
    Kind.INVALID,
    "Write a day as 2015-04-01, a month as 2015-04 or a year as 2015: as exactly as the source has it, no more.",
)
REACHED_ALREADY = reason(
    "milestone_reached_already", Kind.CONFLICT, "It is on record already when this milestone was reached."
)
REACHED_TO_COME = reason(
    "milestone_to_come", Kind.INVALID, "Record that a milestone was reached once it has been, not before."
)
ANOTHER_S_MILESTONE = reason(
    "milestone_of_another",
    Kind.CONFLICT,
    "Only the organisation that planned a milestone says when it was reached.",
)

_WHEN = re.compile(r"([12]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class When:
    """A time as exactly as it is known: the first day that it may mean, and how many parts were said (1 to 3)."""

    first_day: date
    parts: int

    @property
    def text(self) -> str:
        return "-".join(self.first_day.isoformat().split("-")[: self.parts])


def read_when(text: str, pointer: str = "") -> When:
    """`2019-04` is April 2019, and no day of it."""
    found = _WHEN.fullmatch(text)
    if found is None:
        raise WHEN_UNREADABLE(pointer)
    said = [int(each) for each in found.groups() if each is not None]
    try:
        return When(date(*[*said, 1, 1][:3]), len(said))
    except ValueError:
        raise WHEN_UNREADABLE(pointer) from None


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something planned under an agreement. `stage` is the stage of integration that begins with it, if one does.

    `months_late` compares calendar months and is None where either side is known to the year alone, or not reached.
    """

    id: UUID
    agreement_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    planned: str
    source: str
    stage: IntegrationStage | None = None
    reached: str | None = None
    reached_source: str | None = None
    months_late: int | None = None
    version: int = 1


def plan(milestone: Milestone) -> Milestone:
    """A new milestone, if its time can be read."""
    read_when(milestone.planned, "/planned")
    return milestone


def reach(milestone: Milestone, reached: str, source: str, today: date) -> Milestone:
    """The milestone, reached. What was planned stays beside it (S3-G12: planned for March, formed in April 2015)."""
    if milestone.reached is not None:
        raise REACHED_ALREADY("/reached", reached=milestone.reached)
    when = read_when(reached, "/reached")
    if when.first_day > today:
        raise REACHED_TO_COME("/reached", today=today)
    changed = replace(milestone, reached=reached, reached_source=source, version=milestone.version + 1)
    return replace(changed, months_late=months_late(changed))


def require_own(milestone: Milestone, organisations: Iterable[UUID]) -> None:
    if milestone.owner_organisation_id not in set(organisations):
        raise ANOTHER_S_MILESTONE()


def months_late(milestone: Milestone) -> int | None:
    """Calendar months from plan to fact, negative where it came early."""
    if milestone.reached is None:
        return None
    planned, reached = read_when(milestone.planned), read_when(milestone.reached)
    if planned.parts < 2 or reached.parts < 2:
        return None
    first, second = planned.first_day, reached.first_day
    return (second.year - first.year) * 12 + second.month - first.month
