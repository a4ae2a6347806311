"""The limit of reading one row: bare ASGI and asyncpg, the same SELECT, no walls."""

import os
from uuid import UUID

import asyncpg
import msgspec

from services.budget.store import journals

# The very statement of the service, its scope arguments given as the superuser's.
STATEMENT = journals._GET
pool = None
scope_values = {"partnerships": [UUID(os.environ["PARTNERSHIP"])], "organisations": [UUID(os.environ["ORGANISATION"])]}


async def _init(connection):
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
    )


async def app(scope, receive, send):
    global pool
    if scope["type"] == "lifespan":
        await receive()
        pool = await asyncpg.create_pool(os.environ["DSN"], min_size=8, max_size=8, init=_init)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/ready":
        body = b"{}"
    else:
        id_ = UUID(scope["path"].rsplit("/", 1)[1])
        row = await pool.fetchrow(STATEMENT.sql, *STATEMENT.arguments({"id": id_, **scope_values}))
        body = msgspec.json.encode(dict(row))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
