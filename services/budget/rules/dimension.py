"""What an entry was for besides its account: contract, provider, service, locality; told with it or added later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.errors import Kind, reason

NO_SUCH_ENTRY = reason(
    "dimensions_no_such_entry",
    Kind.INVALID,
    "The journal has no entry at this position. Positions count from 1 in the order in which entries are shown.",
)
ENTRY_TWICE = reason(
    "dimensions_entry_twice",
    Kind.INVALID,
    "Name each entry once: what counts for it would be left to chance.",
)
NOT_TO_DESCRIBE = reason(
    "dimensions_not_yours",
    Kind.FORBIDDEN,
    "Only who keeps these books or posted the journal says what its entries were for.",
)
DIMENSIONS_STALE = reason(
    "dimensions_changed_meanwhile",
    Kind.CONFLICT,
    "Somebody else described this journal at the same moment. Read its dimensions again and decide anew.",
)


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Line, partner and category come from the account; these come from who posts, and are kept as given."""

    contract_id: UUID | None = None
    provider_organisation_id: UUID | None = None
    service_code: str | None = None
    locality_code: str | None = None


NONE = Dimensions()


@dataclass(frozen=True, slots=True)
class Described:
    """What counts for one entry, or counted once. `position` is the entry's place in its journal, from 1."""

    position: int
    version: int
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    service_code: str | None
    locality_code: str | None
    recorded_by_organisation_id: UUID
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """The dimensions of a journal: what counts now, and everything that was said before, oldest first."""

    journal_id: UUID
    version: int
    entries: tuple[Described, ...]
    history: tuple[Described, ...]


def description(journal_id: UUID, said: Iterable[Described]) -> Description:
    """Of each entry the latest saying counts. What was posted is version 1, also where nothing was said with it."""
    history = tuple(sorted(said, key=lambda each: (each.version, each.position)))
    latest = {each.position: each for each in history}
    return Description(
        journal_id,
        max((each.version for each in history), default=1),
        tuple(latest[position] for position in sorted(latest)),
        history,
    )


def describe(
    standing: Description,
    changes: Sequence[tuple[int, Mapping[str, Any]]],
    entries: int,
    recorded_by: UUID,
) -> tuple[Described, ...]:
    """The new rows for these entries. A dimension that is not named stays what it was; null takes it away."""
    latest = {each.position: each for each in standing.entries}
    version = standing.version + 1
    rows: dict[int, Described] = {}
    for index, (position, named) in enumerate(changes):
        if not 1 <= position <= entries:
            raise NO_SUCH_ENTRY(f"/entries/{index}/position", entries=entries)
        if position in rows:
            raise ENTRY_TWICE(f"/entries/{index}/position")
        former = latest.get(position, Described(position, 0, None, None, None, None, recorded_by))
        rows[position] = replace(
            former, version=version, recorded_by_organisation_id=recorded_by, recorded_at=None, **named
        )
    return tuple(rows.values())


def require_describer(keepers: Collection[UUID], posted_by: UUID, organisation: UUID) -> None:
    """Who keeps the books, or who posted the journal, may say what its entries were for."""
    if organisation != posted_by and organisation not in keepers:
        raise NOT_TO_DESCRIBE()
