"""An offer of HTTP/2 in the clear costs no body, however the bytes come, and the connection goes on."""

import asyncio
import contextlib
import random

import httptools
import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.web.connection import LONGEST_HEAD, Connection

OFFER = (
    b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAA\r\n"
    b"Upgrade: h2c\r\n"
)
CHUNKED = OFFER + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
COUNTED = OFFER.replace(b"Upgrade: h2c", b"upgrade:h2c") + b"Content-Length: 11\r\n\r\nhello world"
PLAIN = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\nUpgrade: h2c\r\n"


async def echo(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def served(protocol, folder):
    """The echo on a unix socket, behind one connection protocol; gives a way to open connections."""
    path = str(folder / "echo")
    config = uvicorn.Config(
        echo, http=protocol, uds=path, lifespan="off", log_config=None, timeout_keep_alive=1
    )
    server = uvicorn.Server(config)
    server.config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield lambda: asyncio.open_unix_connection(path)
    finally:
        server.should_exit = True
        await server.shutdown()


async def asked(reader, writer, request: bytes, pieces: list[int]) -> bytes:
    """Send a request in pieces that end at these places, and read the body of the answer."""
    for start, end in zip([0, *pieces], [*pieces, len(request)], strict=True):
        writer.write(request[start:end])
        await writer.drain()
        await asyncio.sleep(0.001)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)


async def test_a_body_comes_whole_however_the_bytes_come(tmp_path):
    chance, seed = random.Random(2722), 2722
    print("seed", seed)
    async with served(Connection, tmp_path) as connect:
        reader, writer = await connect()
        for number in range(60):
            request = (CHUNKED, COUNTED, PLAIN)[number % 3]
            pieces = sorted(chance.sample(range(1, len(request)), number % 5))
            body = await asked(reader, writer, request, pieces)
            assert body == (b"Upgrade: h2c\r\n" if request is PLAIN else b"hello world"), pieces
        writer.close()


async def test_without_it_the_body_is_lost(tmp_path):
    """What the library does by itself. When this goes red, shared.web.connection has had its time."""
    async with served(HttpToolsProtocol, tmp_path) as connect:
        reader, writer = await connect()
        assert await asked(reader, writer, COUNTED, []) == b""
        writer.close()


async def test_a_head_without_an_end_is_held_up_to_a_limit_and_cut_off(tmp_path):
    async with served(Connection, tmp_path) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * (2 * LONGEST_HEAD))
        await writer.drain()
        writer.write(b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 ")
        writer.close()


@pytest.mark.parametrize("request_", [CHUNKED, COUNTED])
def test_the_parser_alone_stops_at_the_offer(request_):
    class Heard:
        def on_body(self, body: bytes) -> None:
            raise AssertionError("the parser has learned to go on")

    with pytest.raises(httptools.HttpParserUpgrade):
        httptools.HttpRequestParser(Heard()).feed_data(request_)
