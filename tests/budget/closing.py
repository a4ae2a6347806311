"""Closing the books in tests: clients that may, periods put on record, and moved."""

import uuid

from tests.budget.place import key, made
from tests.stack import a_caller

SCOPES = "budget:read budget:post budget:write budget:close"


async def keeper(client_for, partnership, organisation, host=True):
    """A client that may close: of the host, or of another commissioner."""
    standing = {"host": partnership} if host else {}
    return await client_for("budget", a_caller(organisation, SCOPES, commissioner=partnership, **standing))


async def opened(client, partnership, period="2015-16-M01", of="pooled", **more) -> str:
    id_ = str(uuid.uuid4())
    body = {"partnership_id": str(partnership), "books": of, "period": period, **more}
    made(await client.put(f"/v1/periods/{id_}", json=body))
    return id_


async def move(client, period, act, version, body=None):
    sent = {} if body is None else {"json": body}
    return await client.post(f"/v1/periods/{period}/{act}", key=key(), version=version, **sent)


async def closed(client, partnership, period="2015-16-M01", of="pooled") -> str:
    id_ = await opened(client, partnership, period, of)
    made(await move(client, id_, "closure", 1))
    return id_


async def close_year(client, partnership, year="2015-16") -> list[str]:
    return [await closed(client, partnership, f"{year}-M{month:02d}") for month in range(1, 15)]
