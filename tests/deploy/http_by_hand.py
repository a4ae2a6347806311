"""HTTP/1.1 written out byte by byte: a stand-in for the gateway behind the proxy, and callers of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass
class Answer:
    """One HTTP answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


@dataclass
class Seen:
    """One request that reached the stand-in."""

    method: str
    path: str
    headers: dict[str, str]
    body_bytes: int = 0
    whole: bool = False


@dataclass
class StandIn:
    """A tiny server in the gateway's place: it answers every whole request and remembers what it saw.

    `/held` waits for `hold` first, and `/broken` is never answered.
    """

    port: int
    seen: list[Seen] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    open: set[asyncio.Task[None]] = field(default_factory=set)

    news: asyncio.Event = field(default_factory=asyncio.Event)

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    def note(self, request: Seen) -> None:
        self.seen.append(request)
        self.news.set()

    async def saw(self, path: str, times: int) -> None:
        """Wait until so many requests for this path have begun to arrive."""
        async with asyncio.timeout(5):
            while self.paths().count(path) < times:
                self.news.clear()
                await self.news.wait()


async def close(writer: asyncio.StreamWriter) -> None:
    """Close a connection and wait until it is closed, whatever state it is in."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def read_head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """First line and headers (names in lower case) of a message."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines[1:] if line)
    return lines[0], {name.strip().lower(): value.strip() for name, value in pairs}


async def _read_body(reader: asyncio.StreamReader, request: Seen) -> None:
    if request.headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).strip(), 16):
            await reader.readexactly(size + 2)
            request.body_bytes += size
        await reader.readline()
    left = int(request.headers.get("content-length", 0))
    while left:
        piece = await reader.read(min(left, 65536))
        if not piece:
            raise asyncio.IncompleteReadError(b"", left)
        request.body_bytes += len(piece)
        left -= len(piece)
    request.whole = True


async def _serve(stand_in: StandIn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            line, headers = await read_head(reader)
            method, path, _ = line.split(" ")
            request = Seen(method, path, headers)
            stand_in.note(request)
            await _read_body(reader, request)
            if path.startswith("/broken"):
                return
            if path == "/held":
                await stand_in.hold.wait()
            body = json.dumps({"path": path, "body_bytes": request.body_bytes}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nServer: stand-in/1.2.3\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            await writer.drain()


@contextlib.asynccontextmanager
async def stand_in_gateway() -> AsyncIterator[StandIn]:
    """Run the stand-in on a free port of the loopback for as long as the block lasts."""
    stand_in = StandIn(0)

    async def door(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        stand_in.open.add(task)
        try:
            await _serve(stand_in, reader, writer)
        finally:
            stand_in.open.discard(task)
            await close(writer)

    server = await asyncio.start_server(door, "127.0.0.1", 0)
    stand_in.port = server.sockets[0].getsockname()[1]
    try:
        yield stand_in
    finally:
        server.close()
        left = list(stand_in.open)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def ask(port: int, raw: bytes, *, address: str = "127.0.0.1", seconds: float = 5) -> Answer:
    """Send these bytes from this loopback address, read one answer, close."""
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        try:
            with contextlib.suppress(ConnectionError):
                writer.write(raw)
                await writer.drain()
            line, headers = await read_head(reader)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            return Answer(int(line.split(" ")[1]), headers, body)
        finally:
            await close(writer)


def get(path: str, *headers: str) -> bytes:
    """The bytes of a GET that closes its connection."""
    lines = [f"GET {path} HTTP/1.1", "Host: api.example.org", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def post(path: str, body: bytes, *headers: str) -> bytes:
    """The bytes of a POST of a body of known length."""
    lines = [f"POST {path} HTTP/1.1", "Host: api.example.org", "Connection: close"]
    lines += [f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
