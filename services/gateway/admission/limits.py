"""How often one client or address may ask, and how much of one client's may be under way at once."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from shared.errors import Kind, reason

RATE_EXCEEDED = reason(
    "rate_exceeded", Kind.TOO_MANY, "Too many requests in a short time. Wait as long as Retry-After says."
)
QUEUE_FULL = reason(
    "queue_full",
    Kind.TOO_MANY,
    "Too many of your requests are under way. Wait for some answers, then send more.",
)

AT_ONCE = 16
WAITING = 256
WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left in the window: requests, and whole seconds until it is filled again."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.reset_seconds),
        ]


class Rate:
    """So many requests in so long a time, for each key, in windows. Counted in this process alone."""

    def __init__(self, written: str) -> None:
        self._item: RateLimitItem = parse(written)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def take(self, key: str) -> Allowance:
        """Count one request. Refuses it when the window is full, and says how long to wait."""
        taken = await self._limiter.hit(self._item, key)
        stats = await self._limiter.get_window_stats(self._item, key)
        left = Allowance(
            self._item.amount, stats.remaining, max(0, math.ceil(stats.reset_time - time.time()))
        )
        if not taken:
            raise RATE_EXCEEDED(retry_after=max(1, left.reset_seconds), limit=left.limit)
        return left


class Fairness:
    """One client's requests under way at once: some work, some wait a little, more are refused.

    So whoever floods the door waits behind its own requests and not in front of other people's.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._at_once = at_once
        self._most = at_once + waiting
        self._under_way: dict[UUID, int] = {}
        self._places: dict[UUID, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def place(self, client_id: UUID) -> AsyncIterator[None]:
        """A place for one request of this client, waited for if need be."""
        count = self._under_way.get(client_id, 0)
        if count >= self._most:
            raise QUEUE_FULL(retry_after=1)
        self._under_way[client_id] = count + 1
        places = self._places.get(client_id)
        if places is None:
            places = self._places[client_id] = asyncio.Semaphore(self._at_once)
        try:
            await self._wait(places)
            try:
                yield
            finally:
                places.release()
        finally:
            self._under_way[client_id] -= 1
            if self._under_way[client_id] == 0:
                del self._under_way[client_id], self._places[client_id]

    async def _wait(self, places: asyncio.Semaphore) -> None:
        if not places.locked():
            await places.acquire()
            return
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await places.acquire()
        except TimeoutError:
            raise QUEUE_FULL(retry_after=1) from None
