"""What looks every minute for changes that were left half done, and tells their organisations of them once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from services.gateway.actions.tell_half_done import tell_half_done
from services.gateway.admission.follower import Follower
from services.gateway.rules.joint_change import HALF_DONE_AFTER
from services.gateway.store import half_done_findings
from services.gateway.store.admissions import NOBODY
from shared.db import Database
from shared.errors import Refusal
from shared.job_queue import run_schedule, schedule_of
from shared.logs import log

ENTRYPOINT = "look_for_half_done"
EVERY_MINUTE = "* * * * *"
MOST = 500
_AGAIN_SECONDS = 5.0


class HalfDoneWatch:
    """Looks in one process at a time, whichever has the schedule's turn. What fails is looked for again a minute later."""

    def __init__(self, db: Database, url: str, follower: Follower, when: str = EVERY_MINUTE) -> None:
        self._db = db
        self._url = url
        self._follower = follower
        self._when = when
        self._manager: Any = None
        self._leaving = False
        self._log = log("gateway")

    async def run(self) -> None:
        """Look whenever it is time, until `leave`."""
        while not self._leaving:
            try:
                made = schedule_of(self._url, "gateway", ENTRYPOINT, self._when, self._look)
                async with made as self._manager:
                    if not self._leaving:
                        await run_schedule(self._manager)
            except Exception as error:  # noqa: BLE001 the database was out; the schedule is still there when it is back
                self._log.warning("half_done_not_looked_for", why=type(error).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)
            finally:
                self._manager = None

    def leave(self) -> None:
        """Begin no further look; the one in hand is brought to its end."""
        self._leaving = True
        if self._manager is not None:
            self._manager.shutdown.set()

    async def _look(self) -> None:
        await self.look()

    async def look(self, age: timedelta = HALF_DONE_AFTER) -> int:
        """How many changes were told of, each in the name of the client that began it."""
        async with self._db.begin(NOBODY) as tx:
            found = await half_done_findings.look(tx, age, MOST)
        told = 0
        for change_id, client_id in found:
            caller = await self._follower.named(client_id)
            if caller is None:
                continue
            try:
                told += await tell_half_done(self._db, caller, change_id, age)
            except Refusal as refusal:  # the others are told of, and this one in the next minute
                self._log.warning("half_done_not_told", joint_change=str(change_id), why=refusal.code)
        if told:
            self._log.warning("changes_left_half_done", count=told)
        return told
