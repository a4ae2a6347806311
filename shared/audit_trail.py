"""Reading the audit: an organisation's own rows, and the chain of hashes that holds everybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.caller import Caller
from shared.chain import RECORD, record_of
from shared.db import Database, Prepared, Row
from shared.page import LARGEST_PAGE

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)
_NIL = UUID(int=0)
LINKS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One write: what was done to which record, whose it is, by which client of whom, and on whose behalf."""

    id: UUID
    recorded_at: datetime
    what: str
    thing: str
    thing_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reader_organisation_ids: tuple[UUID, ...]
    actor_organisation_id: UUID
    actor_client_id: UUID
    on_behalf_of: str | None
    request_id: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """What an audit is searched for. None leaves it open; the window is that of the recording."""

    what: str | None = None
    thing: str | None = None
    thing_id: UUID | None = None
    partnership_id: UUID | None = None
    actor_organisation_id: UUID | None = None
    actor_client_id: UUID | None = None
    on_behalf_of: str | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a service's chain: its last position and hash. With no link yet, position 0 and what the first follows."""

    service: str
    position: int
    hash: str


_FILTERS = (
    "what",
    "thing",
    "thing_id",
    "partnership_id",
    "actor_organisation_id",
    "actor_client_id",
    "on_behalf_of",
)
# One's own: what was done to one's own records, and what one's own clients did. Each half goes by its own index.
_PAGE = Prepared(
    """
    select a.* from audit_events a
     where (a.owner_organisation_id = any ($1::uuid[]) or a.actor_organisation_id = any ($1::uuid[]))
       and ($2::text is null or a.what = $2) and ($3::text is null or a.thing = $3)
       and ($4::uuid is null or a.thing_id = $4) and ($5::uuid is null or a.partnership_id = $5)
       and ($6::uuid is null or a.actor_organisation_id = $6) and ($7::uuid is null or a.actor_client_id = $7)
       and ($8::text is null or a.on_behalf_of = $8)
       and a.recorded_at >= $9 and a.recorded_at < $10 and (a.recorded_at, a.id) > ($11, $12)
     order by a.recorded_at, a.id limit $13
    """,
    ("own", *_FILTERS, "recorded_from", "recorded_to", "after_at", "after_id", "most"),
    {},
)
_HEAD = Prepared("select link, sealed from chain_head()", (), {})
_LINKS = Prepared(
    """
    select l.link as position, l.leaf, l.sealed,
           a.id, a.recorded_at, a.what, a.thing, a.thing_id, a.partnership_id, a.owner_organisation_id,
           a.reader_organisation_ids, a.actor_organisation_id, a.actor_client_id, a.on_behalf_of, a.request_id, a.facts
      from links_after($2, $3, $4) l
      left join audit_events a on a.id = l.audit_id
           and (a.owner_organisation_id = any ($1::uuid[]) or a.actor_organisation_id = any ($1::uuid[]))
     order by l.link
    """,
    ("own", "after", "upto", "most"),
    {},
)


async def page(
    db: Database, caller: Caller, sought: Sought, after: tuple[datetime, UUID] | None, most: int
) -> list[AuditEvent]:
    """At most so many of the caller's own rows after a place, the oldest first."""
    place = after or (_BEGINNING, _NIL)
    async with db.begin(caller, single=True) as tx:
        rows = await tx.all(
            _PAGE,
            own=list(caller.organisations),
            **{name: getattr(sought, name) for name in _FILTERS},
            recorded_from=sought.recorded_from or _BEGINNING,
            recorded_to=sought.recorded_to or _END,
            after_at=place[0],
            after_id=place[1],
            most=most,
        )
    return [_event(row) for row in rows]


async def every(db: Database, caller: Caller, sought: Sought) -> AsyncIterator[list[AuditEvent]]:
    """All of the caller's own rows that were sought, page by page."""
    after = None
    while found := await page(db, caller, sought, after, LARGEST_PAGE):
        yield found
        after = (found[-1].recorded_at, found[-1].id)


async def head(db: Database, caller: Caller, service: str) -> Head:
    """The end of the chain as it stands."""
    async with db.begin(caller, single=True) as tx:
        row = await tx.one(_HEAD)
    return Head(service, row["link"], row["sealed"].hex())


async def links(db: Database, caller: Caller, after: int, upto: int) -> AsyncIterator[list[dict[str, Any]]]:
    """The links of the chain between two places: hashes of everybody's rows, and of the caller's own the rows."""
    while after < upto:
        async with db.begin(caller, single=True) as tx:
            rows = await tx.all(
                _LINKS, own=list(caller.organisations), after=after, upto=upto, most=LINKS_AT_ONCE
            )
        if not rows:
            return
        after = rows[-1]["position"]
        yield [_link(row) for row in rows]


def _link(row: Row) -> dict[str, Any]:
    return {
        "position": row["position"],
        "leaf": row["leaf"].hex(),
        "hash": row["sealed"].hex(),
        "record": record_of(row) if row["id"] is not None else None,
    }


def _event(row: Row) -> AuditEvent:
    found = {name: row[name] for name in RECORD}
    return AuditEvent(**{**found, "reader_organisation_ids": tuple(row["reader_organisation_ids"])})
