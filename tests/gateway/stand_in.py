"""A real HTTP server on a unix socket that stands where a service would, and does what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


@dataclass
class Heard:
    """A request as it reached the service."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def answering(body: Any = None, status: int = 200, **headers: str) -> Answer:
    """Answers the same to everybody."""

    async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
        kind = "application/problem+json" if status >= 400 else "application/json"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = json.dumps({} if body is None else body).encode() if status not in (204, 304) else None
        return web.Response(body=content, status=status, headers={"Content-Type": kind} | named)

    return answer


@dataclass
class StandIn:
    """One service's place. `answer` is what it does; `heard` is what reached it."""

    service: str
    path: Path
    answer: Answer = field(default_factory=answering)
    heard: list[Heard] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.path}"

    async def start(self) -> None:
        app = web.Application(client_max_size=2**31)
        app.router.add_route("*", "/{any:.*}", self._handle)
        self._runner = web.AppRunner(app, keepalive_timeout=75, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(self.path)).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            self.path.unlink(missing_ok=True)

    def does(self, answer: Answer) -> None:
        """From now on; what was heard before is forgotten."""
        self.answer = answer
        self.heard.clear()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.heard.append(Heard(request.method, request.raw_path, dict(request.headers), body))
        return await self.answer(request, body)


@dataclass
class Garbage:
    """A server that answers bytes of a test's choosing instead of HTTP that makes sense."""

    path: Path
    said: bytes = b""
    connections: int = 0
    _server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.path}"

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._talk, str(self.path))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
