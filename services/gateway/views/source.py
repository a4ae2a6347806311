"""One source of a view: a service that is asked for a caller, and answers, or is closed to it, or is out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from services.gateway.clients.reading import NOT_SETTLED_YET
from services.gateway.rules.view import WithheldBecause
from shared.errors import NOT_FOUND, Kind, Refusal, reason
from shared.logs import log

T = TypeVar("T")

SOURCES_MISSING = reason(
    "sources_missing",
    Kind.UNAVAILABLE,
    "Not every service answered, and the strict view shows all or nothing. Try again shortly, or ask for partial.",
)
SOURCE_NOT_SETTLED = reason(
    "source_not_settled",
    Kind.CONFLICT,
    "What a service had on record at that instant can still change. Ask the view again shortly, or for an earlier instant.",
)


class ViewMode(StrEnum):
    """What to do while a service does not answer: show the rest, or refuse."""

    PARTIAL = "partial"
    STRICT = "strict"


class SourceStatus(StrEnum):
    """Whether a service answered, was not asked because its answer is not for the caller, or could not answer."""

    OK = "ok"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class ViewSource:
    """One service that the view is made from, and when it was read; null where it was not.

    `because` says why it is withheld: `not_for_role`, `not_in_audit`, or `not_shown` by the service itself.
    """

    service: str
    status: SourceStatus
    because: WithheldBecause | None
    as_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """A source and what it answered; None where it did not. `unsettled` where it was too early to ask it."""

    source: ViewSource
    found: T | None
    unsettled: bool = False


async def ask(
    service: str, closed: WithheldBecause | None, asking: Callable[[], Awaitable[T]], now: datetime
) -> Answered[T]:
    """Ask a service unless it is closed to the caller. An outage leaves a line in the log."""
    if closed is not None:
        return _withheld(service, closed)
    try:
        found = await asking()
    except Refusal as refusal:
        if refusal.reason is NOT_FOUND:
            return _withheld(service, WithheldBecause.NOT_SHOWN)
        if refusal.reason is NOT_SETTLED_YET:
            return Answered(ViewSource(service, SourceStatus.UNAVAILABLE, None, None), None, unsettled=True)
        log("gateway").warning("source_missing", source=service, why=refusal.code, facts=refusal.facts)
        return Answered(ViewSource(service, SourceStatus.UNAVAILABLE, None, None), None)
    return Answered(ViewSource(service, SourceStatus.OK, None, now), found)


def _withheld(service: str, because: WithheldBecause) -> Answered[T]:
    return Answered(ViewSource(service, SourceStatus.WITHHELD, because, None), None)


def require_settled(answers: Iterable[Answered[Any]]) -> None:
    """Refuse a view of an instant that is not over for one of its services: the answer would change."""
    early = [each.source.service for each in answers if each.unsettled]
    if early:
        raise SOURCE_NOT_SETTLED("?as_recorded", retry_after=1, sources=early)


def require_all(sources: Iterable[ViewSource], mode: ViewMode) -> None:
    """Refuse a strict view of which a source is missing; a partial one says so."""
    missing = [each.service for each in sources if each.status is SourceStatus.UNAVAILABLE]
    if missing and mode is ViewMode.STRICT:
        raise SOURCES_MISSING(retry_after=2, sources=missing)
