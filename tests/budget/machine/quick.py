"""A client that calls the service as ASGI, without the machinery of an HTTP client: many thousand steps go through it.

Other tests hold the service's answers against its OpenAPI, and speak HTTP to it.
"""

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx

# A machine that has more to do than it can: the service says so, and its client sends the same again.
NOTHING_WAS_RECORDED = {"database_unavailable", "database_busy"}
SIGNED_FOR = 20  # seconds, of the minute for which an assertion is good


class Quick:
    """One caller of one service. An assertion that grows old is signed anew."""

    def __init__(self, app: Any, stack: Any, service: str, caller: Any) -> None:
        self.app = app
        self.caller = caller
        self._sign = lambda: stack.assertion(service, caller)
        self._assertion, self._signed_at = self._sign(), time.monotonic()

    async def get(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("GET", url, **options)

    async def put(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("PUT", url, **options)

    async def post(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("POST", url, **options)

    async def request(
        self,
        method: str,
        url: Any,
        *,
        json: Any = None,
        params: dict[str, str] | None = None,
        key: str | None = None,
        version: int | None = None,
    ) -> httpx.Response:
        """A `key` becomes the Idempotency-Key, a `version` the If-Match."""
        if time.monotonic() - self._signed_at > SIGNED_FOR:
            self._assertion, self._signed_at = self._sign(), time.monotonic()
        headers = [(b"host", b"budget"), (b"x-caller-assertion", self._assertion.encode())]
        body = b""
        if json is not None:
            body = _dumped(json)
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        if key is not None:
            headers.append((b"idempotency-key", key.encode()))
        if version is not None:
            headers.append((b"if-match", b'"%d"' % version))
        path, _, query = str(url).partition("?")
        if params:
            query = urlencode(params)
        while True:
            answer = await _answered(self.app, method, path, query, headers, body)
            if answer.status_code != 503 or answer.json()["code"] not in NOTHING_WAS_RECORDED:
                return answer
            await asyncio.sleep(0.2)


def _dumped(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


async def _answered(
    app: Any, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> httpx.Response:
    sent, ended, start, parts = False, asyncio.Event(), {}, []

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await ended.wait()
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                ended.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "server": ("budget", None),
        "client": ("127.0.0.1", 123),
    }
    try:
        await app(scope, receive, send)
    except Exception:  # the app has answered 500, and raises what it was for its server's log
        if not start:
            raise
    return httpx.Response(start["status"], headers=start["headers"], content=b"".join(parts))
