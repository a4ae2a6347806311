"""A register on its way in: how an import of it is asked for, and what is told of a file that is read while it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.contracts.rules.register_report import FileFacts, RegisterReport, blank_report
from services.contracts.rules.register_row import ReadRow
from shared.errors import Kind, reason

OWNER_IS_NOT_CALLER = reason(
    "register_owner_is_not_caller",
    Kind.INVALID,
    "A register is sent in by the organisation whose contracts it lists: the owner must be your own organisation.",
)


class RegisterFile(Protocol):
    """A file whose rows are asked for once. What it was is known after the last of them."""

    def rows(self) -> AsyncIterator[Sequence[ReadRow]]: ...
    def facts(self) -> FileFacts: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """How an import is asked for. Without a day, a register speaks of the latest that its rows name."""

    owner: UUID
    partnership_id: UUID | None
    register_date: date | None
    control_total_pence: int | None
    today: date

    def require_own(self, organisations: Collection[UUID]) -> None:
        """Refuse a register of somebody else's."""
        if self.owner not in organisations:
            raise OWNER_IS_NOT_CALLER("?owner_organisation_id")

    def blank(self, facts: FileFacts) -> RegisterReport:
        """The report on a file, as far as it follows from the file alone."""
        day = self.register_date or facts.last_day or self.today
        return blank_report(self.owner, self.partnership_id, day, facts, self.control_total_pence)


class ReadFile:
    """A file that is small enough to have been read whole."""

    def __init__(self, rows: Iterable[ReadRow], facts: FileFacts) -> None:
        self._rows, self._facts = tuple(rows), facts

    async def rows(self) -> AsyncIterator[Sequence[ReadRow]]:
        yield self._rows

    def facts(self) -> FileFacts:
        return self._facts
