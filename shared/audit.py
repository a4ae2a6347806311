"""What a write did: its audit row and its event row, as parts of the statement that ends every write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.caller import Caller


@dataclass(frozen=True, slots=True)
class Change:
    """What a write did, for the audit trail and the change feed.

    The owner and the readers (organisations) may see it. `facts` are few and hold no personal data.
    """

    what: str
    thing: str
    thing_id: UUID
    owner_organisation_id: UUID
    partnership_id: UUID | None = None
    readers: tuple[UUID, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


_EVENT = "what, thing, thing_id, partnership_id, owner_organisation_id, reader_organisation_ids"
_AUDITED = f"{_EVENT}, actor_organisation_id, actor_client_id, on_behalf_of, request_id, facts"
CHANGE_NAMES = tuple(_AUDITED.split(", "))


def change_ctes(first: int) -> str:
    """The two inserts as common table expressions, their arguments numbered from `first`. Both rows bear one id.

    The id is not taken from what the first insert returns: whoever acts may not be among those who can read the row.
    """
    numbers = [f"${first + n}" for n in range(len(CHANGE_NAMES))]
    one = "(select id from change)"
    return (
        "change as materialized (select gen_random_uuid() as id),"  # noqa: S608 fixed names
        f" audited as (insert into audit_events (id, {_AUDITED}) values ({one}, {', '.join(numbers)})),"
        f" told as (insert into events (id, {_EVENT}) values ({one}, {', '.join(numbers[:6])}))"
    )


def values_of(change: Change, caller: Caller, request: str | None) -> dict[str, Any]:
    """The arguments of `change_ctes`, by the names in `CHANGE_NAMES`."""
    return {
        "what": change.what,
        "thing": change.thing,
        "thing_id": change.thing_id,
        "partnership_id": change.partnership_id,
        "owner_organisation_id": change.owner_organisation_id,
        "reader_organisation_ids": list(change.readers),
        "actor_organisation_id": caller.organisation_id,
        "actor_client_id": caller.client_id,
        "on_behalf_of": caller.person,
        "request_id": request,
        "facts": dict(change.facts),
    }
