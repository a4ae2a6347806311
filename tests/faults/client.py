"""A client of a real service process over its socket: what it answers, down to the bytes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from shared.caller import Caller
from tests.faults.server import Server


@dataclass(frozen=True)
class Got:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def replayed(self) -> bool:
        return self.headers.get("Idempotency-Replayed") == "true"

    def json(self) -> Any:
        return msgspec.json.decode(self.content)


class Client:
    """Sends as one caller; nothing is sent twice unless the test does it."""

    def __init__(self, server: Server, caller: Caller, session: aiohttp.ClientSession) -> None:
        self._server, self._caller, self._session = server, caller, session

    async def send(self, method: str, path: str, *, key: str | None = None, **options: Any) -> Got:
        headers = {"X-Caller-Assertion": self._server.stack.assertion("budget", self._caller)}
        if key is not None:
            headers["Idempotency-Key"] = key
        async with self._session.request(
            method, f"http://budget{path}", headers=headers, **options
        ) as answer:
            return Got(answer.status, answer.headers, await answer.read())

    async def get(self, path: str, **query: str) -> Got:
        return await self.send("GET", path, params=query)


@asynccontextmanager
async def client_of(server: Server, caller: Caller) -> AsyncIterator[Client]:
    connector = aiohttp.UnixConnector(str(server.socket), limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=20)) as session:
        session._retry_connection = False  # see writers: aiohttp would send again by itself
        yield Client(server, caller, session)
