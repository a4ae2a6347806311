"""The real gateway in front of the three real services, all in this process, and a fast way to ask it."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn

from services.gateway.api import documents
from services.gateway.commands import keys
from tests.stack import Stack

BEHIND = ("budget", "contracts", "outcomes")
DOCUMENT: dict[str, Any] = json.loads((documents.FOLDER / "merged.json").read_text())


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its status, and its body where that is JSON."""

    status: int
    body: Any

    @property
    def code(self) -> str | None:
        return self.body.get("code") if isinstance(self.body, dict) else None

    def without_names(self) -> Any:
        """The answer without what names this request, so that two refusals can be held against each other."""
        if not isinstance(self.body, dict):
            return self.status, self.body
        return self.status, {
            name: value for name, value in self.body.items() if name not in {"instance", "request_id"}
        }


@asynccontextmanager
async def running_house(stack: Stack, folder: Path) -> AsyncIterator[Any]:
    """The gateway's app, with the services behind it on sockets of their own."""
    assert keys.main([str(folder / "keys")]) == 0
    before = dict(os.environ)
    os.environ.update(
        stack.environment()
        | {
            "ASSERTION_JWKS": str(folder / "keys" / "public" / "assertion.json"),
            "GATEWAY_KEYS_DIR": str(folder / "keys"),
            "GATEWAY_CLIENT_RATE": "1000000/minute",
            "GATEWAY_TOKEN_RATE": "100000/minute",
        }
        | {f"GATEWAY_{each.upper()}_URL": f"unix://{folder / each}" for each in BEHIND}
    )
    servers: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []
    try:
        for service in BEHIND:
            app = import_module(f"services.{service}.app").create_app()
            config = uvicorn.Config(
                app, uds=str(folder / service), log_config=None, access_log=False, timeout_keep_alive=75
            )
            server = uvicorn.Server(config)
            servers.append((server, asyncio.create_task(server.serve())))
        while not all(server.started for server, _ in servers):  # noqa: ASYNC110 it has no event
            await asyncio.sleep(0.01)
        gateway = import_module("services.gateway.app").create_app()
        async with gateway.router.lifespan_context(gateway.own):
            yield gateway
    finally:
        for server, task in servers:
            server.should_exit = True
            with suppress(TimeoutError):
                await asyncio.wait_for(task, 5)
        os.environ.clear()
        os.environ.update(before)


async def ask(
    app: Any,
    method: str,
    target: str,
    token: str | None = None,
    body: bytes = b"",
    kind: str = "application/json",
    version: int | None = None,
) -> Told:
    """One request as ASGI, without a client library in between. Every write has a key of its own."""
    path, _, query = target.partition("?")
    headers = [(b"host", b"127.0.0.1")]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    if method != "GET":
        headers.append((b"content-type", kind.encode()))
        headers.append((b"idempotency-key", uuid.uuid4().hex.encode()))
    if version is not None:
        headers.append((b"if-match", f'"{version}"'.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 8000),
    }
    messages = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = dict(sent[0]["headers"])
    content = b"".join(each.get("body", b"") for each in sent[1:])
    if content and b"json" in told.get(b"content-type", b""):
        return Told(sent[0]["status"], json.loads(content))
    return Told(sent[0]["status"], content.decode("utf-8", "replace"))


# That reads were recorded is told in the trail as well; every other row of it stands for a write.
_WRITTEN = dict.fromkeys(("gateway.audit_events", "gateway.events"), "where what <> 'reads_logged'")


async def digest_of(stack: Stack, but: frozenset[str]) -> dict[str, str]:
    """A digest of every row of every table of the four schemas, by table."""
    connection = await stack.superuser()
    try:
        tables = await connection.fetch(
            "select relnamespace::regnamespace::text || '.' || relname as name from pg_class"
            " where relkind in ('r', 'p') and relnamespace::regnamespace::text = any ($1)",
            ["budget", "contracts", "outcomes", "gateway"],
        )
        return {
            row["name"]: await connection.fetchval(
                "select count(*)::text || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '')"
                f" from {row['name']} t {_WRITTEN.get(row['name'], '')}"
            )
            for row in tables
            if row["name"] not in but
        }
    finally:
        await connection.close()
