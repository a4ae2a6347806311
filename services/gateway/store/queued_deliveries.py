"""What waits to be delivered goes on the queue in the transaction that takes it: never lost, never twice."""

from __future__ import annotations

from uuid import UUID

from shared.db import Prepared, Transaction

ENTRYPOINT = "deliver_webhook"
_TAKE = Prepared("select delivery_id from take_deliveries($1)", ("most",), {})
# The queue library's own columns; it does the same when it is asked to enqueue, on a connection of its own.
_QUEUE = Prepared(
    "insert into pgqueuer (priority, entrypoint, payload, dedupe_key, status)"
    " select 0, $1, one.payload, one.name, 'queued' from unnest($2::bytea[], $3::text[]) one (payload, name)"
    " on conflict do nothing",
    ("entrypoint", "payloads", "names"),
    {},
)


async def queue_some(tx: Transaction, most: int) -> int:
    """Put deliveries that wait on the queue. Returns how many."""
    ids: list[UUID] = [row["delivery_id"] for row in await tx.all(_TAKE, most=most)]
    if ids:
        await tx.do(
            _QUEUE,
            entrypoint=ENTRYPOINT,
            payloads=[each.bytes for each in ids],
            names=[str(each) for each in ids],
        )
    return len(ids)
