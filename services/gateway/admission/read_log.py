"""The log of reads: noted after each answer, recorded in batches, and what a lost process can lose."""

from __future__ import annotations

import asyncio
from collections import deque

from services.gateway.actions.log_reads import log_reads
from services.gateway.store.reads import Read
from shared.db import Database
from shared.errors import Refusal
from shared.logs import log
from shared.metrics import Metrics

FLUSH_SECONDS = 1.0
AT_ONCE = 2000
MOST_KEPT = 50_000


class ReadLog:
    """A read is answered first and recorded within about a second.

    So a process that is killed loses the reads of its last second at most. One that is stopped in order loses none.
    While the database is out the last 50,000 are kept; older ones are dropped, and `reads_lost_total` counts them.
    """

    def __init__(self, db: Database, metrics: Metrics, seconds: float = FLUSH_SECONDS) -> None:
        self._db = db
        self._metrics = metrics
        self._seconds = seconds
        self._noted: deque[Read] = deque()

    def note(self, read: Read) -> None:
        """Remember a read that was answered."""
        if len(self._noted) >= MOST_KEPT:
            self._noted.popleft()
            self._metrics.reads_lost(1)
        self._noted.append(read)

    async def run(self) -> None:
        """Record what was noted, for ever."""
        while True:
            await asyncio.sleep(self._seconds)
            await self.flush()

    async def flush(self) -> None:
        """Record everything that was noted so far. What cannot be recorded now is kept for the next time."""
        while self._noted:
            batch = [self._noted.popleft() for _ in range(min(AT_ONCE, len(self._noted)))]
            try:
                await log_reads(self._db, batch)
            except asyncio.CancelledError:
                self._noted.extendleft(reversed(batch))
                raise
            except Refusal as refusal:
                self._noted.extendleft(reversed(batch))
                log("gateway").warning("reads_not_logged", why=refusal.code, waiting=len(self._noted))
                return
            except Exception as error:  # noqa: BLE001 a batch that cannot be written must not stop those after it
                self._metrics.reads_lost(len(batch))
                log("gateway").error("reads_not_logged", lost=len(batch), exc_info=error)
