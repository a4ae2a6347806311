"""Work that waits, as the rows of a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol
from uuid import UUID

HEADINGS = (
    "on", "overdue", "kind", "title", "because", "what_to_do", "service", "thing", "thing_id", "organisation_id",
)  # fmt: skip
INCOMPLETE = "Not complete: a source was missing, withheld, or longer than a view reads."

Cell = str | bool | date


class Waiting(Protocol):
    """One thing to do, as the view has it."""

    @property
    def service(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def on(self) -> date | None: ...

    @property
    def overdue(self) -> bool: ...

    @property
    def title(self) -> str: ...

    @property
    def because(self) -> str: ...

    @property
    def what_to_do(self) -> str | None: ...

    @property
    def thing(self) -> str: ...

    @property
    def thing_id(self) -> UUID: ...

    @property
    def organisation_id(self) -> UUID | None: ...


def rows_of(items: Iterable[Waiting], complete: bool) -> Iterator[tuple[Cell, ...]]:
    """Headings, an item a row, and a last row that says so where something is missing."""
    yield HEADINGS
    for each in items:
        whose = "" if each.organisation_id is None else str(each.organisation_id)
        said = (each.kind, each.title, each.because, each.what_to_do or "")
        yield each.on or "", each.overdue, *said, each.service, each.thing, str(each.thing_id), whose
    if not complete:
        yield (INCOMPLETE,)
