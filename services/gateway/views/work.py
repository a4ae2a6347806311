"""Work that waits in a partnership, over three services: what falls due, what is to be decided, what does not fit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.gateway.clients.pages import WholeList
from services.gateway.clients.reading import Reader
from services.gateway.rules.view import WithheldBecause
from services.gateway.views.source import Answered, SourceStatus, ViewMode, ViewSource, ask, require_all

SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do. `on` is the day it is due, null where it has none; `thing` and `thing_id` say on which record.

    `organisation_id` is whose turn it is, null where that is not one organisation's.
    """

    service: str
    kind: str
    on: date | None
    overdue: bool
    title: str
    because: str
    what_to_do: str | None
    thing: str
    thing_id: UUID
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class WorkView:
    """Work that waits, the most urgent first. Not complete while a source is missing, withheld or longer than is read."""

    partnership_id: UUID
    as_at: date
    complete: bool
    sources: tuple[ViewSource, ...]
    items: tuple[WorkItem, ...]


@dataclass(frozen=True, slots=True)
class WorkAsked:
    """Which partnership's, as at which day, and until when; `closed` are the operations that are not for the caller."""

    partnership_id: UUID
    as_at: date
    until: date
    mode: ViewMode
    now: datetime
    closed: Mapping[str, WithheldBecause]


@dataclass(frozen=True, slots=True)
class Read:
    """One list that a view needs: whose, by which operation of the policy table, and how it is read."""

    service: str
    operation: str
    reading: Callable[[Reader], Awaitable[WholeList[object]]]


Found = Mapping[str, WholeList[object]]


async def gather(
    readers: Mapping[str, Reader], asked: WorkAsked, reads: Sequence[Read]
) -> tuple[tuple[ViewSource, ...], Found, bool]:
    """Read all lists at the same time: the sources, what was found by operation, and whether it is all of it."""

    async def one(read: Read) -> Answered[WholeList[object]]:
        async def asking() -> WholeList[object]:
            return await read.reading(readers[read.service])

        return await ask(read.service, asked.closed.get(read.operation), asking, asked.now)

    async with asyncio.TaskGroup() as group:
        tasks = {read.operation: group.create_task(one(read)) for read in reads}
    answers = {operation: task.result() for operation, task in tasks.items()}
    sources = _by_service(answers.values())
    require_all(sources, asked.mode)
    found = {operation: each.found for operation, each in answers.items() if each.found is not None}
    complete = len(found) == len(reads) and all(each.whole for each in found.values())
    return sources, found, complete


def in_order(items: Iterable[WorkItem]) -> tuple[WorkItem, ...]:
    """Those with a day first, the earliest on top, and always in the same order."""
    return tuple(
        sorted(items, key=lambda each: (each.on is None, each.on or date.max, each.kind, str(each.thing_id)))
    )


_WORST = {SourceStatus.UNAVAILABLE: 2, SourceStatus.WITHHELD: 1, SourceStatus.OK: 0}


def _by_service(answers: Iterable[Answered[WholeList[object]]]) -> tuple[ViewSource, ...]:
    """A service is as well as the worst of what was asked of it."""
    found: dict[str, ViewSource] = {}
    for each in answers:
        known = found.get(each.source.service)
        if known is None or _WORST[each.source.status] > _WORST[known.status]:
            found[each.source.service] = each.source
    return tuple(found[service] for service in sorted(found))
