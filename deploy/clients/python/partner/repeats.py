"""Requests that are sent again, where that is safe: what carries its id or key counts once, however often it comes."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
from integrated_commissioning.partner.tokens import NoTokenError

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_OUT_OF_ORDER = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often a request is tried, and how long is waited in between: as the answer says, or longer each time."""

    tries: int = 4
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0

    def wait(self, attempt: int, said: str | None) -> float:
        """Seconds to wait after the attempt (from 1). What the system says counts; else a random share of a growing time."""
        if said is not None and said.isascii() and said.isdigit():
            return min(float(said), self.longest_wait_seconds)
        longest: float = min(self.first_wait_seconds * 2 ** (attempt - 1), self.longest_wait_seconds)
        return longest * random.uniform(0.5, 1)  # noqa: S311 no secret


def counts_once(request: httpx.Request) -> bool:
    """Whether the request may come twice: a read, a write under an id of its own, under a key, or for one version."""
    if request.method in _SAFE:
        return True
    if request.method == "PATCH":
        return "If-Match" in request.headers
    return request.method == "POST" and "Idempotency-Key" in request.headers


def may_repeat(request: httpx.Request, outcome: httpx.Response | Exception) -> bool:
    """Whether to send the request again after this outcome. A body that is read while it is sent cannot be."""
    if not isinstance(request.stream, httpx.ByteStream):
        return False
    if isinstance(outcome, NoTokenError):
        return outcome.later
    if isinstance(outcome, _NOT_SENT):
        return True
    if isinstance(outcome, Exception):
        return isinstance(outcome, httpx.TransportError) and counts_once(request)
    if outcome.status_code == 429:  # refused at the door, whatever it was
        return True
    still_running = outcome.status_code == 409 and "Retry-After" in outcome.headers
    return (still_running or outcome.status_code in _OUT_OF_ORDER) and counts_once(request)


def _said(outcome: httpx.Response | Exception) -> str | None:
    if isinstance(outcome, httpx.Response):
        value: str | None = outcome.headers.get("Retry-After")
        return value
    return outcome.after if isinstance(outcome, NoTokenError) else None


class RepeatingClient(httpx.Client):
    """Sends a request again where that is safe."""

    def __init__(self, repeats: Repeats, **options: Any) -> None:
        super().__init__(**options)
        self._repeats = repeats

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        for attempt in range(1, self._repeats.tries):
            outcome: httpx.Response | Exception
            try:
                outcome = super().send(request, **options)
            except httpx.HTTPError as failure:
                outcome = failure
            if not may_repeat(request, outcome):
                return _ended(outcome)
            if isinstance(outcome, httpx.Response):
                outcome.close()
            time.sleep(self._repeats.wait(attempt, _said(outcome)))
        return super().send(request, **options)


class AsyncRepeatingClient(httpx.AsyncClient):
    """The same for async code."""

    def __init__(self, repeats: Repeats, **options: Any) -> None:
        super().__init__(**options)
        self._repeats = repeats

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        for attempt in range(1, self._repeats.tries):
            outcome: httpx.Response | Exception
            try:
                outcome = await super().send(request, **options)
            except httpx.HTTPError as failure:
                outcome = failure
            if not may_repeat(request, outcome):
                return _ended(outcome)
            if isinstance(outcome, httpx.Response):
                await outcome.aclose()
            await anyio.sleep(self._repeats.wait(attempt, _said(outcome)))
        return await super().send(request, **options)


def _ended(outcome: httpx.Response | Exception) -> httpx.Response:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
