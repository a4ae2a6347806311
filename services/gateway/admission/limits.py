"""How often one client or address may ask, and how much of one client's may be under way at once."""

from __future__ import annotations

import asyncio
import math
import time
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


@dataclass(slots=True)
class _Client:
    """One client's places, and how many of its requests have or want one."""

    places: asyncio.Semaphore
    requests: int = 0


class Fairness:
    """One client's requests under way at once: some work, some wait a little, more are refused.

    So whoever floods the door waits behind its own requests and not in front of other people's.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._at_once = at_once
        self._most = at_once + waiting
        self.clients: dict[UUID, _Client] = {}

    def place(self, client_id: UUID) -> _Place:
        """`async with fairness.place(client_id):` A place for one request, waited for if need be."""
        client = self.clients.get(client_id)
        if client is None:
            client = self.clients[client_id] = _Client(asyncio.Semaphore(self._at_once))
        if client.requests >= self._most:
            raise QUEUE_FULL(retry_after=1)
        return _Place(self, client_id, client)


class _Place:
    """One request's place. A class and not a generator, since every request goes through it."""

    __slots__ = ("_client", "_client_id", "_fairness")

    def __init__(self, fairness: Fairness, client_id: UUID, client: _Client) -> None:
        self._fairness = fairness
        self._client_id = client_id
        self._client = client

    async def __aenter__(self) -> None:
        self._client.requests += 1
        try:
            if not self._client.places.locked():
                await self._client.places.acquire()
                return
            async with asyncio.timeout(WAIT_SECONDS):
                await self._client.places.acquire()
        except TimeoutError:
            self._left()
            raise QUEUE_FULL(retry_after=1) from None
        except BaseException:
            self._left()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._client.places.release()
        self._left()

    def _left(self) -> None:
        self._client.requests -= 1
        if self._client.requests == 0:
            self._fairness.clients.pop(self._client_id, None)
