"""Clients as they were a moment ago: looked up again every two seconds, so that a ban takes effect."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from uuid import UUID

from services.gateway.rules.outside_token import OutsideIssuer
from services.gateway.store import admissions
from services.gateway.store.admissions import Admitted
from shared.db import Database

FRESH_SECONDS = 2.0  # with the look-up itself well under the five seconds that are promised
MOST = 4096


class ClientsSeen:
    """Client records by id, each looked up once for all who ask at the same time."""

    def __init__(self, db: Database, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._db = db
        self._fresh = fresh_seconds
        self._seen: OrderedDict[UUID, tuple[float, Admitted | None]] = OrderedDict()
        self._asking: dict[UUID, asyncio.Task[Admitted | None]] = {}
        self._issuers: dict[str, list[OutsideIssuer]] = {}
        self._issuers_at = -1e9

    def known(self, client_id: UUID) -> tuple[float, Admitted | None] | None:
        """What was found a moment ago, with the instant (monotonic) at which it was asked."""
        found = self._seen.get(client_id)
        return found if found is not None and time.monotonic() - found[0] < self._fresh else None

    async def client(self, client_id: UUID) -> Admitted | None:
        """The client of this id, or None where there is no such client."""
        found = self.known(client_id)
        if found is not None:
            return found[1]
        task = self._asking.get(client_id)
        if task is None:
            task = self._asking[client_id] = asyncio.create_task(self._ask(client_id))
        return await asyncio.shield(task)

    async def _ask(self, client_id: UUID) -> Admitted | None:
        asked_at = time.monotonic()
        try:
            found = await admissions.client(self._db, client_id)
        finally:
            del self._asking[client_id]
        self._seen[client_id] = (asked_at, found)
        self._seen.move_to_end(client_id)
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return found

    async def issuers(self, issuer: str) -> list[OutsideIssuer]:
        """The registrations of this outside issuer. All are kept, so that made-up names cost no look-up."""
        if time.monotonic() - self._issuers_at >= self._fresh:
            asked_at = time.monotonic()
            found: dict[str, list[OutsideIssuer]] = {}
            for each in await admissions.issuers(self._db):
                found.setdefault(each.issuer, []).append(each)
            self._issuers, self._issuers_at = found, asked_at
        return self._issuers.get(issuer, [])
