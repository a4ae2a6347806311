"""The limit of reading one row: bare ASGI and asyncpg, the very statement of the service, no walls."""

import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from services.budget.store import journals
from services.budget.store.visibility import scope as scope_of
from shared.caller import Caller
from shared.codecs import set_codecs
from shared.db import Transaction, _nothing_to_reset

STATEMENT = journals._GET
pool: asyncpg.Pool


def _scope() -> Mapping[str, Any]:
    """The arguments of the scoped query, made once."""
    partnership, organisation = UUID(os.environ["PARTNERSHIP"]), UUID(os.environ["ORGANISATION"])
    caller = Caller(
        UUID(int=0),
        organisation,
        (organisation,),
        frozenset(),
        {"commissioner": (partnership,), "host": (partnership,)},
    )
    return scope_of(Transaction(None, caller, single=True))


SCOPE = _scope()


async def app(scope, receive, send):
    global pool  # noqa: PLW0603 the least that could do it
    if scope["type"] == "lifespan":
        await receive()
        pool = await asyncpg.create_pool(
            os.environ["DSN"],
            min_size=8,
            max_size=8,
            init=set_codecs,
            reset=_nothing_to_reset,
            server_settings={"search_path": "budget", "jit": "off"},
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = b"{}"
    if scope["path"] != "/ready":
        id_ = UUID(scope["path"].rsplit("/", 1)[1])
        row = await pool.fetchrow(STATEMENT.sql, *STATEMENT.arguments({"id": id_, **SCOPE}))
        body = msgspec.json.encode(dict(row))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
