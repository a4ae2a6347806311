"""Rows on their way into a table, in the form in which the database takes many at once."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from typing import Any

import asyncpg

Batches = AsyncIterator[Iterable[Sequence[Any]]]


async def encoded(batches: Batches) -> AsyncIterator[bytes]:
    """Batches of rows as pieces of CSV. None and an empty text are both written as null."""
    async for rows in batches:
        piece = io.StringIO()
        csv.writer(piece, lineterminator="\n").writerows(rows)
        if text := piece.getvalue():
            yield text.encode()


async def one(rows: Iterable[Sequence[Any]]) -> Batches:
    """Rows that are there already, as the only batch."""
    yield rows


async def copied(
    connection: Any, table: str, columns: Sequence[str], batches: Batches, seconds: int | None
) -> int:
    """Send rows into a table while they come; the number of rows.

    The driver waits for ever once a session ends, or stops reading, while its buffer is full. So the end of the session
    and the time are watched here: ConnectionDoesNotExistError and TimeoutError, as for any other statement.
    """
    ended = asyncio.Event()

    async def gone(_connection: Any) -> None:
        ended.set()

    connection.add_termination_listener(gone)
    copying = asyncio.ensure_future(
        connection.copy_to_table(
            table, source=encoded(batches), columns=columns, format="csv", timeout=seconds
        )
    )
    watching = asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({copying, watching}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not copying.done() and ended.is_set():
            await asyncio.wait({copying}, timeout=1)  # it may be about to say so itself
        if copying.done():
            tag: str = await copying
            return int(tag.rpartition(" ")[2])
        if ended.is_set():
            raise asyncpg.ConnectionDoesNotExistError("the session ended while rows were sent")
        raise TimeoutError
    finally:
        await _ended(copying, watching)
        with suppress(asyncpg.InterfaceError):  # a session that ended has left its handle
            connection.remove_termination_listener(gone)


async def _ended(*tasks: asyncio.Future[Any]) -> None:
    """Cancel what still runs, and wait for it: a session is not given back while rows are on their way into it."""
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
