"""The change feed of a service: what a caller may be told of, in the order in which it was sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.caller import Caller
from shared.db import Database, Prepared, Row

PAGE = 200
_PAGES = 10  # looked through at once for a caller who may see little of what its partnerships do

# Whom a change is told to at all comes first, by an index; then the thing itself is looked for, as the caller: whoever
# could not read it now is not told of it. A thing without rows of its own is its owner's alone.
_SOME = Prepared(
    """
    with found as materialized (
        select one.position, one.id
          from unnest($1::uuid[]) audience (id)
         cross join lateral (
             select f.position, f.id from feed_entries f
              where f.audience_id = audience.id and f.position > $2 order by f.position limit $4) one
         group by one.position, one.id order by one.position limit $4),
    told as materialized (
        select found.position, e.id, e.recorded_at, e.what, e.thing, e.thing_id, e.partnership_id, e.owner_organisation_id
          from found join events e on e.id = found.id),
    seen as materialized (
        select one.thing, s.id
          from (select thing, array_agg(distinct thing_id) as ids from told group by thing) one
         cross join lateral seen_things(one.thing, one.ids) s (id))
    select told.*,
           case when table_of(told.thing) is null then told.owner_organisation_id = any ($3::uuid[])
                else exists (select from seen where seen.thing = told.thing and seen.id = told.thing_id) end as seen
      from told
    """,
    ("audiences", "after", "own", "most"),
    {},
)


@dataclass(frozen=True, slots=True)
class Event:
    """One change: what was done, to which thing, when, at which place in the feed. Nothing of what the thing holds."""

    position: int
    id: UUID
    recorded_at: datetime
    what: str
    thing: str
    thing_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Some:
    """Events after a place, and the last place that was looked at; `more` says whether others wait behind it."""

    events: tuple[Event, ...]
    looked_to: int
    more: bool


# Associates and providers are told as organisations, of what they are named for; what a partnership does is told to
# those whose roles read it as such.
TOLD_ROLES = ("commissioner", "host", "observer", "auditor")


def audiences_of(caller: Caller) -> list[UUID]:
    """The organisations and partnerships as which a caller is told."""
    return [*caller.organisations, *caller.partnerships(*TOLD_ROLES)]


async def read(db: Database, caller: Caller, after: int, most: int = PAGE) -> Some:
    """At most so many events after a place. Where a caller may see few, some hundreds are looked through at once."""
    audiences, own = audiences_of(caller), list(caller.organisations)
    for _ in range(_PAGES):
        async with db.begin(caller, single=True) as tx:
            rows = await tx.all(_SOME, audiences=audiences, after=after, own=own, most=most)
        rows = sorted(rows, key=_position)
        if not rows:
            return Some((), after, more=False)
        after = _position(rows[-1])
        events = tuple(_event(row) for row in rows if row["seen"])
        if events or len(rows) < most:
            return Some(events, after, more=len(rows) == most)
    return Some((), after, more=True)


def _position(row: Row) -> int:
    position: int = row["position"]
    return position


def _event(row: Row) -> Event:
    return Event(**{name: row[name] for name in Event.__dataclass_fields__})
