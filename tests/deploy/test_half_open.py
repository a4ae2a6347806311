"""T20: 200 half-open and slow connections at once, while good requests go on through the shipped proxy.

uvicorn alone has no time limit for a header: such connections stay for ever and use up what it may hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

from tests.deploy.conftest import Proxy
from tests.deploy.http_by_hand import ask, close, get

SECONDS = 15
GOOD_A_SECOND = 20
HEADER = b"GET /attack HTTP/1.1\r\nHost: api.example.org\r\n"
BODY = b"POST /attack HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 1000\r\n\r\n{"
IMPORT = BODY.replace(b"/attack", b"/v1/register-imports")


@dataclass(frozen=True)
class Attacker:
    """One connection that never becomes a whole request: what it sends, what it drips, from where."""

    kind: str
    start: bytes
    drip: bytes
    address: str
    closed_within: float


def attackers() -> list[Attacker]:
    """200 of five kinds, from ten addresses, so that no limit for one address helps."""
    kinds = [
        ("silent", b"", b"", 10),
        ("half a header", HEADER, b"", 10),
        ("dripped header", HEADER, b"X-Slow: 1\r\n", 10),
        ("half a body", BODY, b"", 15),
        ("half an import", IMPORT, b"", 15),
    ]
    return [
        Attacker(kind, start, drip, f"127.0.1.{number % 10 + 1}", closed)
        for kind, start, drip, closed in kinds
        for number in range(40)
    ]


async def seconds_until_closed(port: int, attacker: Attacker) -> float:
    """Open, send the start, drip, and say after how many seconds the other side had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(attacker.address, 0))
    began = time.monotonic()

    async def drip() -> None:
        writer.write(attacker.start)
        while attacker.drip:
            await asyncio.sleep(1)
            writer.write(attacker.drip)

    dripping = asyncio.create_task(drip())
    try:
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b"", "a half-open request was answered"
        return time.monotonic() - began
    finally:
        dripping.cancel()
        await close(writer)


async def good_requests(port: int, seconds: float) -> list[bool]:
    """20 requests a second, each on a connection of its own, by the clock and not by the answers."""

    async def one(number: int) -> bool:
        await asyncio.sleep(number / GOOD_A_SECOND)
        try:
            return (await ask(port, get(f"/good/{number}"), seconds=2)).status == 200
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return False

    return await asyncio.gather(*(one(number) for number in range(int(seconds * GOOD_A_SECOND))))


async def test_200_half_open_requests_are_ended_while_good_ones_go_on(proxy: Proxy):
    crowd = attackers()
    assert len(crowd) == 200
    attack = [asyncio.create_task(seconds_until_closed(proxy.port, each)) for each in crowd]
    good = await good_requests(proxy.port, SECONDS)
    ended, going_on = await asyncio.wait(attack, timeout=2)
    for task in going_on:
        task.cancel()
    await asyncio.gather(*going_on, return_exceptions=True)

    assert len(good) == SECONDS * GOOD_A_SECOND
    assert sum(good) / len(good) >= 0.999
    assert not going_on, f"{len(going_on)} of {len(crowd)} were never closed"
    assert len(ended) == len(crowd)
    for attacker, task in zip(crowd, attack, strict=True):
        seconds = task.result()
        # Sometimes: they were really open, each for about as long as it may be.
        assert attacker.closed_within - 1 < seconds < attacker.closed_within + 1.5, attacker
    assert "/attack" not in proxy.gateway.paths(), "half a request reached the gateway"
    # Imports are streamed, so the gateway hears of them; they too end, and are not taken for whole.
    imports = [request for request in proxy.gateway.seen if request.path == "/v1/register-imports"]
    assert len(imports) == 40
    assert not any(request.whole for request in imports)


async def test_one_address_may_have_64_requests_open_and_four_imports(proxy: Proxy):
    async with asyncio.TaskGroup() as held:
        answers = [held.create_task(ask(proxy.port, get("/held"), address="127.0.2.1")) for _ in range(64)]
        await proxy.gateway.saw("/held", 64)
        refused = await ask(proxy.port, get("/v1/pools"), address="127.0.2.1")
        other = await ask(proxy.port, get("/v1/pools"), address="127.0.2.2")
        proxy.gateway.hold.set()
    assert refused.status == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_open_requests"
    assert other.status == 200
    assert {answer.result().status for answer in answers} == {200}

    slow = [
        asyncio.create_task(
            seconds_until_closed(proxy.port, Attacker("import", IMPORT, b"", "127.0.2.3", 15))
        )
        for _ in range(4)
    ]
    await proxy.gateway.saw("/v1/register-imports", 4)
    fifth = await ask(proxy.port, IMPORT + b"}" * 999, address="127.0.2.3")
    assert fifth.status == 429
    assert (await ask(proxy.port, get("/v1/pools"), address="127.0.2.3")).status == 200
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
