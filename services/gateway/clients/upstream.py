"""One service behind the gateway: kept connections, a deadline, a limit at once, and a breaker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from services.gateway.clients.breaker import Breaker
from shared.db import OUTCOME_UNKNOWN
from shared.errors import Kind, reason

SERVICE_UNAVAILABLE = reason(
    "service_unavailable",
    Kind.UNAVAILABLE,
    "The service that answers this cannot be reached just now. Nothing was recorded; try again shortly.",
)
SERVICE_BUSY = reason(
    "service_busy",
    Kind.UNAVAILABLE,
    "Too many requests are at the service that answers this. Nothing was recorded; try again shortly.",
)
ANSWER_UNREADABLE = reason(
    "answer_unreadable",
    Kind.BAD_UPSTREAM,
    "The service that answers this gave an answer that cannot be passed on. Quote the request id when you tell us.",
)

CONNECT_SECONDS = 0.5
MOST_AT_ONCE = 64
KEPT_SECONDS = (
    30.0  # shorter than the services keep an idle connection, so that ours never writes into a closing one
)
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)  # the whole call has its own
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_CUT_OFF = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to a service. `target` is path and query as they go over the wire, already encoded.

    `repeatable` says that the service counts a repeat once: reads, and writes under a key.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | AsyncIterable[bytes] | None
    seconds: float
    repeatable: bool


class AddressError(ValueError):
    """The address of a service cannot be used."""


class Upstream:
    """The way to one service. `open` and `close` belong to the event loop that calls it."""

    def __init__(self, service: str, address: str, most_at_once: int = MOST_AT_ONCE) -> None:
        self.service = service
        self.breaker = Breaker()
        self.most_at_once = most_at_once
        self.under_way = 0
        parts = urlsplit(address)
        self._socket = parts.path if parts.scheme == "unix" else None
        if self._socket is None and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise AddressError(f"The address of {service} must be like unix:///path or http://host:port.")
        self._base = f"http://{service}" if self._socket else f"{parts.scheme}://{parts.netloc}"
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        most = self.most_at_once
        connector: aiohttp.BaseConnector
        if self._socket is not None:
            connector = aiohttp.UnixConnector(self._socket, limit=most, keepalive_timeout=KEPT_SECONDS)
        else:
            connector = aiohttp.TCPConnector(limit=most, keepalive_timeout=KEPT_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        # The library repeats reads and PUTs by itself on a kept connection and has no public switch for it: with `send`
        # below, one request would reach a failing service four times.
        self._session._retry_connection = False  # noqa: SLF001 tests/gateway/test_faulty_answers.py counts the calls

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def call(self, asked: Asked) -> Call:
        """`async with upstream.call(asked) as response:`. Raises a refusal when there is no answer."""
        return Call(self, asked)

    async def send(self, asked: Asked) -> aiohttp.ClientResponse:
        """Send once, and once more where a repeat counts once and the connection failed."""
        assert self._session is not None
        for last in (False, True):
            try:
                return await self._session.request(
                    asked.method,
                    URL(self._base + asked.target, encoded=True),
                    headers=asked.headers,
                    data=asked.body,
                    allow_redirects=False,
                    timeout=_TIMEOUT,
                )
            except (*_NOT_SENT, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                whole = asked.body is None or isinstance(asked.body, bytes)
                if last or not (whole and asked.repeatable):
                    raise
        raise AssertionError  # pragma: no cover - the loop above returns or raises


class Call:
    """One call under way: its place among those at once, its deadline, and what its failure means."""

    __slots__ = ("_asked", "_response", "_timeout", "_upstream")

    def __init__(self, upstream: Upstream, asked: Asked) -> None:
        self._upstream = upstream
        self._asked = asked
        self._timeout = asyncio.timeout(asked.seconds)
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> aiohttp.ClientResponse:
        upstream = self._upstream
        if not upstream.breaker.allows(time.monotonic()):
            raise SERVICE_UNAVAILABLE(retry_after=2, service=upstream.service)
        if upstream.under_way >= upstream.most_at_once:
            raise SERVICE_BUSY(retry_after=1, service=upstream.service)
        upstream.under_way += 1
        try:
            async with self._timeout:
                self._response = await upstream.send(self._asked)
        except BaseException as failure:
            upstream.under_way -= 1
            self._told(failure)
            raise
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._upstream.under_way -= 1
        response = self._response
        if failure is None:
            self._upstream.breaker.succeeded()
            if response is not None:
                response.release()
            return
        if response is not None:
            response.close()
        self._told(failure)

    def _told(self, failure: BaseException) -> None:
        """Raise the refusal that this failure means to the caller; anything unforeseen goes on as it is."""
        asked, service = self._asked, self._upstream.service
        if isinstance(failure, _NOT_SENT):
            self._upstream.breaker.failed(time.monotonic())
            raise SERVICE_UNAVAILABLE(retry_after=1, service=service) from None
        if isinstance(failure, _CUT_OFF):
            self._upstream.breaker.failed(time.monotonic())
            if asked.method == "GET":
                raise SERVICE_UNAVAILABLE(retry_after=1, service=service) from None
            raise OUTCOME_UNKNOWN(retry_after=1, service=service) from None
        if isinstance(failure, aiohttp.ClientError):
            self._upstream.breaker.failed(time.monotonic())
            raise ANSWER_UNREADABLE(service=service) from None
