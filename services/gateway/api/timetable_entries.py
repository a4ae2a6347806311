"""Timetables: what papers say about when something is to be done or was; enter, add, read, list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.enter_record import enter_record
from services.gateway.actions.move_record import move_record
from services.gateway.rules import timetable_entry as rules
from services.gateway.rules.stated_time import StatedBound
from services.gateway.rules.timetable_entry import MOST_STATEMENTS, StatedOf, StatedTime, TimetableEntry
from services.gateway.store.governance_registers import timetable_entries
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/timetable-entries", tags=["governance"])

When = Annotated[
    str,
    Field(
        max_length=21,
        description="A day, a month or a year as exactly as the source has it, a span as 2016-11/2016-12, or --11 for"
        " a November of which no year is said.",
    ),
]


class StatedTimeIn(Body):
    """What one source says about when: on a time, or by the end of it."""

    of: StatedOf = Field(examples=["planned"])
    bound: StatedBound = Field(default=StatedBound.ON, examples=["by"])
    when: When = Field(examples=["2015-03"])
    source: Title = Field(examples=["Business case of June 2014, recommendation 3"])

    def to_stated(self) -> StatedTime:
        return StatedTime(self.of, self.bound, self.when, self.source)


class TimetableEntryIn(Body):
    """Something to be done, with what papers say about when."""

    partnership_id: UUID
    board_id: UUID | None = Field(default=None, description="The board that follows it.")
    name: Title = Field(examples=["Section 75 agreement signed"])
    statements: list[StatedTimeIn] = Field(min_length=1, max_length=MOST_STATEMENTS)

    def to_entry(self, entry_id: UUID, owner: UUID) -> TimetableEntry:
        return TimetableEntry(
            id=entry_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            board_id=self.board_id,
            name=self.name,
            statements=tuple(each.to_stated() for each in self.statements),
        )


class StatedTimeOut(Out):
    """What one source says, and the days that it may mean; null where no year is said."""

    of: StatedOf
    bound: StatedBound
    when: str
    source: str
    first_day: Day | None
    last_day: Day | None


class TimetableEntryOut(Out):
    """An entry. Null in `plans_agree`, `facts_agree` or `overdue`: nobody can tell from what is said."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    board_id: UUID | None
    name: str
    statements: list[StatedTimeOut]
    planned_times: int
    plans_agree: bool | None
    facts_agree: bool | None
    done: bool
    overdue: bool | None
    days_overdue: int | None
    version: int


class TimetableEntriesOut(Out):
    """A page of entries."""

    items: list[TimetableEntryOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="enterTimetableEntry",
    status_code=201,
    response_model=TimetableEntryOut,
    responses=problems(409, 413, 415),
    summary="Enter what is to be done and when papers say so",
)
async def enter(
    id: UUID,  # noqa: A002 the name in the address
    body: TimetableEntryIn,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("enterTimetableEntry")],
) -> Response:
    """Each source keeps its own words: two times for one thing show as two, and a missing year is not made up."""
    asked = body.to_entry(id, door.caller.organisation_id)
    kept = await enter_record(
        door.db, door.caller, sent, timetable_entries, body.partnership_id,
        lambda place: rules.enter(asked, place.boards, place.today),
    )  # fmt: skip
    return answer(kept, f"/v1/timetable-entries/{id}")


@router.post(
    "/{id}/statements",
    operation_id="stateTime",
    response_model=TimetableEntryOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Add what another source says about when",
)
async def state(
    id: UUID,  # noqa: A002 the name in the address
    body: StatedTimeIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("stateTime")],
) -> Response:
    """A plan, or that it was done. What was said before stays beside it."""
    kept = await move_record(
        door.db, door.caller, sent, timetable_entries, id, version, "stated",
        lambda before, place: rules.state(before, body.to_stated(), place.today),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getTimetableEntry",
    response_model=TimetableEntryOut,
    responses=problems(404),
    summary="Read an entry of a timetable",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One entry with everything that is said of it, and whether it is overdue today."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await timetable_entries.get(tx, id))


@router.get(
    "",
    operation_id="listTimetableEntries",
    response_model=TimetableEntriesOut,
    responses=problems(),
    summary="List the timetable of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    board_id: Annotated[UUID | None, Query(description="Only those of this board.")] = None,
) -> Response:
    """By name."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await timetable_entries.page(tx, partnership_id, pages.limit, after, within, board_id)
    return listed(request, page_of(rows, pages.limit, timetable_entries.key))
