"""Change how an organisation publishes its contracts: name, numbers, and what is open by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.contracts.rules.publisher import Publisher, check_identifiers
from services.contracts.store import publishers
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Sent, check_version, find, finish


async def set_publisher(
    db: Database, caller: Caller, sent: Sent, owner: UUID, version: int, changes: Mapping[str, Any]
) -> Answer:
    """Change it; contracts that nobody decided on follow the default."""
    if owner not in caller.organisations:
        raise NOT_FOUND()
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await tx.take_time(publishers.LONGEST_SECONDS)
        before = await publishers.lock(tx, owner)
        check_version(before.version, version)
        after = replace(before, **changes, version=before.version + 1)
        check_identifiers(after.identifiers)
        after = await publishers.save(tx, after)
        followed = await publishers.follow_default(tx, after)
        return await finish(tx, sent, told("publisher_changed", after, followed), after, status=200)


def told(what: str, publisher: Publisher, followed: int) -> Change:
    """What is told of a publisher. `followed`: on how many contracts its default was carried through."""
    owner = publisher.owner_organisation_id
    return Change(
        what=what,
        thing="publisher",
        thing_id=owner,
        owner_organisation_id=owner,
        partnership_id=None,
        facts={
            "version": publisher.version,
            "open_by_default": publisher.open_by_default,
            "followed": followed,
        },
    )
