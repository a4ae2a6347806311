"""Rows on their way into a table, in the form in which the database takes many at once."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

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
