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

AT_ONCE = 4  # few, since whoever comes next waits for these: a client alone keeps a service busy with them all the same
LONG_AT_ONCE = 3
WAITING = 256
WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left in a policy's window: requests, and whole seconds until it is filled again."""

    policy: str
    limit: int
    window_seconds: int
    remaining: int
    reset_seconds: int


def rate_headers(*allowances: Allowance) -> list[tuple[bytes, bytes]]:
    """The fields of draft-ietf-httpapi-ratelimit-headers: each policy with its quota, and what is left of each."""
    policies = ", ".join(f'"{each.policy}";q={each.limit};w={each.window_seconds}' for each in allowances)
    left = ", ".join(f'"{each.policy}";r={each.remaining};t={each.reset_seconds}' for each in allowances)
    return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", left.encode())]


class Rate:
    """So many requests in so long a time, for each key, in windows. Counted in this process alone."""

    def __init__(self, written: str, policy: str) -> None:
        self._policy = policy
        self._item: RateLimitItem = parse(written)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def take(self, key: str) -> Allowance:
        """Count one request. Refuses it when the window is full, and says how long to wait."""
        taken = await self._limiter.hit(self._item, key)
        stats = await self._limiter.get_window_stats(self._item, key)
        left = Allowance(
            self._policy,
            self._item.amount,
            self._item.get_expiry(),
            stats.remaining,
            max(0, math.ceil(stats.reset_time - time.time())),
        )
        if not taken:
            raise RATE_EXCEEDED(retry_after=max(1, left.reset_seconds), limit=left.limit, policy=left.policy)
        return left


@dataclass(slots=True)
class _Client:
    """One client's places, and how many of its requests have or want one."""

    places: asyncio.Semaphore
    requests: int = 0


_Key = tuple[UUID, str, bool]  # client, service, and whether it takes long


class Fairness:
    """One client's requests under way at once: some work, some wait a little, more are refused.

    So whoever floods the door waits behind its own requests and not in front of other people's.
    """

    def __init__(
        self, at_once: int = AT_ONCE, waiting: int = WAITING, long_at_once: int = LONG_AT_ONCE
    ) -> None:
        self._at_once = {False: at_once, True: long_at_once}
        self._waiting = waiting
        self.clients: dict[_Key, _Client] = {}

    def place(self, client_id: UUID, service: str = "", *, long: bool = False) -> _Place:
        """`async with fairness.place(client_id, service):` A place for one request, waited for if need be.

        Each service has its own, so that one that hangs keeps nobody from the others; so has what takes `long`, so
        that imports never keep a client from its short requests.
        """
        key, at_once = (client_id, service, long), self._at_once[long]
        client = self.clients.get(key)
        if client is None:
            client = self.clients[key] = _Client(asyncio.Semaphore(at_once))
        if client.requests >= at_once + self._waiting:
            raise QUEUE_FULL(retry_after=1)
        return _Place(self, key, client)


class _Place:
    """One request's place. A class and not a generator, since every request goes through it."""

    __slots__ = ("_client", "_fairness", "_key")

    def __init__(self, fairness: Fairness, key: _Key, client: _Client) -> None:
        self._fairness = fairness
        self._key = key
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
            self._fairness.clients.pop(self._key, None)
