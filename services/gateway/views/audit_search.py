"""The audit of one organisation over all services: each is asked for its next rows, and the oldest of all come first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.gateway.clients import audit_pages
from services.gateway.clients.reading import Reader
from shared import audit_trail
from shared.audit_trail import AuditEvent, Head, Sought
from shared.caller import Caller
from shared.db import Database
from shared.page import cursor_of

SECONDS = 2.0


async def audit_search(
    db: Database,
    caller: Caller,
    readers: Mapping[str, Reader],
    sought: Sought,
    after: tuple[datetime, UUID] | None,
    most: int,
) -> list[AuditEvent]:
    """At most so many rows of all services after a place. A service that is out refuses the whole: a gap in an audit
    that looks like no gap would be worse.
    """
    query = {name: _written(value) for name, value in _asked(sought).items() if value is not None}
    query["limit"] = str(most)
    if after is not None:
        query["cursor"] = cursor_of(*after)
    behind = [audit_pages.PAGES[service](reader, query, SECONDS) for service, reader in readers.items()]
    own, asked = await asyncio.gather(
        audit_trail.page(db, caller, sought, after, most), asyncio.gather(*behind)
    )
    found = [*own, *(event for each in asked for event in each.items)]
    return sorted(found, key=lambda each: (each.recorded_at, each.id))[:most]


async def audit_heads(db: Database, caller: Caller, readers: Mapping[str, Reader]) -> list[Head]:
    """The ends of the chains of all services that the caller may follow, and the gateway's own."""
    behind = [audit_pages.HEADS[service](reader, SECONDS) for service, reader in readers.items()]
    own, asked = await asyncio.gather(audit_trail.head(db, caller, "gateway"), asyncio.gather(*behind))
    return [*asked, own]


def _asked(sought: Sought) -> dict[str, str | UUID | datetime | None]:
    # A list names the window of its recording as every list does.
    named = {"recorded_from": "updated_from", "recorded_to": "updated_to"}
    return {named.get(name, name): getattr(sought, name) for name in Sought.__dataclass_fields__}


def _written(value: str | UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
