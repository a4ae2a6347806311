"""What was read at the gateway: by which client of whom, on whose behalf, and which operation at which address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert

from services.gateway.store.read_tables import reads
from shared.db import Prepared, Row, Transaction, prepare


@dataclass(frozen=True, slots=True)
class Read:
    """One read as the gateway answered it. `target` is path and query."""

    owner_organisation_id: UUID
    client_id: UUID
    on_behalf_of: str | None
    operation: str
    target: str
    status: int
    request_id: UUID


@dataclass(frozen=True, slots=True)
class LoggedRead:
    """One read as it was recorded, in which batch."""

    id: UUID
    recorded_at: datetime
    batch_id: UUID
    owner_organisation_id: UUID
    client_id: UUID
    on_behalf_of: str | None
    operation: str
    target: str
    status: int
    request_id: UUID


_NEW = ("id", "batch_id", *Read.__dataclass_fields__)
_ADD = prepare(insert(reads).values({name: bindparam(name, type_=reads.c[name].type) for name in _NEW}))
_PAGE = Prepared(
    """
    select * from reads
     where owner_organisation_id = any ($1::uuid[]) and ($2::uuid is null or client_id = $2)
       and ($3::text is null or operation = $3) and ($4::text is null or on_behalf_of = $4)
       and recorded_at >= $5 and recorded_at < $6 and (recorded_at, id) > ($7, $8)
     order by recorded_at, id limit $9
    """,
    ("own", "client", "operation", "person", "since", "until", "after_at", "after_id", "most"),
    {},
)
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)


async def add(tx: Transaction, batch_id: UUID, batch: Sequence[Read]) -> None:
    """Record a batch of reads."""
    await tx.many(
        _ADD,
        (
            {"id": uuid4(), "batch_id": batch_id, **{name: getattr(each, name) for name in _NEW[2:]}}
            for each in batch
        ),
    )


async def page(
    tx: Transaction,
    asked: tuple[UUID | None, str | None, str | None],
    within: tuple[datetime | None, datetime | None],
    after: tuple[datetime, UUID] | None,
    most: int,
) -> list[LoggedRead]:
    """The reads of the caller's own organisation: by a client, of an operation, on behalf of a person; None for all."""
    rows = await tx.all(
        _PAGE,
        own=list(tx.caller.organisations),
        client=asked[0],
        operation=asked[1],
        person=asked[2],
        since=within[0] or _BEGINNING,
        until=within[1] or _END,
        after_at=after[0] if after else _BEGINNING,
        after_id=after[1] if after else UUID(int=0),
        most=most,
    )
    return [_read(row) for row in rows]


def _read(row: Row) -> LoggedRead:
    return LoggedRead(**{name: row[name] for name in LoggedRead.__dataclass_fields__})
