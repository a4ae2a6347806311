"""CSV files on their way in: what a door that takes one says of it, and its rows while they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

from fastapi import Request

from shared.csv_in import FILE_EMPTY, CsvReader, Header, Row
from shared.errors import Kind, reason
from shared.web.doors import Arriving
from shared.web.problem import TYPE_UNSUPPORTED

LARGEST_CSV = 1024 * 1024 * 1024
CSV_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_PIECE = 64 * 1024
BUSY = reason(
    "imports_busy",
    Kind.UNAVAILABLE,
    "Other imports are running. Nothing was read; send the file again in a minute.",
)


class Turns:
    """So many imports at a time: each holds a session of the database for as long as its file takes."""

    def __init__(self, at_once: int = 2) -> None:
        self._at_once = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A turn now, or a refusal that says when to come again."""
        if self._at_once.locked():
            raise BUSY(retry_after=30)
        async with self._at_once:
            yield


class CsvEncoding(StrEnum):
    """How a CSV file can be encoded."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    MAC_ROMAN = "mac-roman"


def require_csv(request: Request) -> None:
    """Refuse a body that is called anything but CSV."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise TYPE_UNSUPPORTED()


class ArrivingCsv:
    """A file that is read while it comes, and of which nothing is held."""

    def __init__(self, arriving: Arriving, reader: CsvReader) -> None:
        self.arriving = arriving
        self.reader = reader

    @property
    def header(self) -> Header:
        """The headings, known with the first rows."""
        assert self.reader.header is not None
        return self.reader.header

    async def batches(self) -> AsyncIterator[list[Row]]:
        """The rows as they are completed, some at a time. Refuses a file without any."""
        found = False
        async for whole in self.arriving.pieces():
            for start in range(0, len(whole), _PIECE):
                if rows := self.reader.feed(whole[start : start + _PIECE]):
                    found = True
                    yield rows
                await asyncio.sleep(0)  # other requests have their turn
        if rows := self.reader.finish():
            found = True
            yield rows
        if not found:
            raise FILE_EMPTY()
