"""What papers say about when something is to be done or was: each statement with its source, none put in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.board import Board, require_boards
from services.gateway.rules.stated_time import Days, StatedBound, days_of, meet
from shared.errors import Kind, reason

ENTRY_NAMED = reason(
    "timetable_entry_named_already",
    Kind.CONFLICT,
    "Your organisation has an entry of this name. Add what another paper says to that one.",
)
STATED_TWICE = reason("timetable_stated_twice", Kind.INVALID, "This source says so already.")
STATEMENTS_TOO_MANY = reason(
    "timetable_too_many_statements", Kind.CONFLICT, "An entry takes at most 50 statements."
)
STATEMENTS_KEPT = reason(
    "timetable_statements_kept",
    Kind.CONFLICT,
    "What a source says stays on record. Add what another one says.",
)
DONE_TO_COME = reason(
    "timetable_done_to_come",
    Kind.INVALID,
    "Record that something was done once its time has begun, not before.",
)
MOST_STATEMENTS = 50


class StatedOf(StrEnum):
    """Whether it is said when something is to be, or when it was."""

    PLANNED = "planned"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class StatedTime:
    """What one source says: `when` as exactly as it stands there, no more. The days are null where no year is said."""

    of: StatedOf
    bound: StatedBound
    when: str
    source: str
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class TimetableEntry:
    """Something that is to be done, with everything that papers say about when (S1-G15, S3-G10).

    `plans_agree` and `facts_agree`: whether there is a day that all sources may mean; null where they are less than two
    or one names no year. `overdue`, on the day of reading: null where nobody can tell. `days_overdue` from the last day
    that any plan allows.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    board_id: UUID | None
    name: str
    statements: tuple[StatedTime, ...]
    planned_times: int = 0
    plans_agree: bool | None = None
    facts_agree: bool | None = None
    done: bool = False
    overdue: bool | None = None
    days_overdue: int | None = None
    version: int = 1


def enter(entry: TimetableEntry, boards: Mapping[UUID, Board], today: date) -> TimetableEntry:
    """A new entry, if its times can be read."""
    require_boards([("/board_id", entry.board_id)], boards)
    return replace(entry, statements=_read((), entry.statements, "/statements/{}", today))


def state(before: TimetableEntry, said: StatedTime, today: date) -> TimetableEntry:
    """The entry with what another source says. What was said before stays beside it."""
    if len(before.statements) >= MOST_STATEMENTS:
        raise STATEMENTS_TOO_MANY()
    added = _read(before.statements, (said,), "", today)
    return replace(before, statements=(*before.statements, *added), version=before.version + 1)


def as_on(entry: TimetableEntry, day: date) -> TimetableEntry:
    """The entry with what follows from what is said, on a day."""
    plans = [each for each in entry.statements if each.of is StatedOf.PLANNED]
    facts = [each for each in entry.statements if each.of is StatedOf.ACTUAL]
    last_days = [each.last_day for each in plans]
    known = [each for each in last_days if each is not None]
    # Over only when no plan allows for it any more; a plan of no year may still allow for it.
    late = None if len(known) < len(last_days) or not known else (day - max(known)).days
    if late is None and known:
        late = 0 if day <= max(known) else None
    overdue = False if facts else None if late is None else late > 0
    return replace(
        entry,
        planned_times=len({(each.bound, each.when) for each in plans}),
        plans_agree=_agree(plans),
        facts_agree=_agree(facts),
        done=bool(facts),
        overdue=overdue,
        days_overdue=late if overdue and late else None,
    )


def _agree(those: list[StatedTime]) -> bool | None:
    if len(those) < 2 or any(each.last_day is None for each in those):
        return None
    return meet([Days(each.first_day, each.last_day) for each in those if each.last_day is not None])


def _read(
    before: Iterable[StatedTime], those: Iterable[StatedTime], pointer: str, today: date
) -> tuple[StatedTime, ...]:
    seen = {(each.of, each.bound, each.when, each.source) for each in before}
    found = []
    for at, each in enumerate(those):
        place = pointer.format(at)
        key = (each.of, each.bound, each.when, each.source)
        if key in seen:
            raise STATED_TWICE(place)
        seen.add(key)
        days = days_of(each.when, each.bound, f"{place}/when")
        begins = None if days is None else days.first or days.last
        if each.of is StatedOf.ACTUAL and begins is not None and begins > today:
            raise DONE_TO_COME(f"{place}/when", today=today)
        found.append(
            replace(each, first_day=None, last_day=None)
            if days is None
            else replace(each, first_day=days.first, last_day=days.last)
        )
    return tuple(found)
