"""CSV files on their way in: what a door that takes one says of it, and its rows while they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

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
OWN_UNDER_WAY = reason(
    "import_under_way",
    Kind.TOO_MANY,
    "An import of your organisation is running. Nothing was read; send the next file once it has been answered.",
)
TOO_SLOW = reason(
    "import_too_slow",
    Kind.UNAVAILABLE,
    "The file came too slowly, and others wait for its place. Nothing was taken; send it again over a better line.",
)
RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly a file may come: so many bytes in so many seconds of waiting for its sender."""

    seconds: float = 30.0
    least_bytes: int = 16 * 1024


PACE = Pace()


class Turns:
    """So many imports at a time, since each holds a session of the database for as long as its file takes; one of an
    organisation, so that nobody keeps the others out; and who finds no turn waits so long for one."""

    def __init__(self, at_once: int = 2, wait_seconds: float = 0.0) -> None:
        self._at_once = at_once
        self._wait_seconds = wait_seconds
        self._running: list[UUID | None] = []
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def one(self, organisation_id: UUID | None = None) -> AsyncIterator[None]:
        """A turn, or a refusal that says when to come again. Without an organisation only the total counts."""
        async with self._changed:
            if not self._free(organisation_id):
                await self._wait(organisation_id)
            self._running.append(organisation_id)
        try:
            yield
        finally:
            self._running.remove(organisation_id)
            # Shielded: who goes because its request was cancelled still has to tell those who wait.
            await asyncio.shield(self._tell())

    def _free(self, organisation_id: UUID | None) -> bool:
        return len(self._running) < self._at_once and not self._own(organisation_id)

    def _own(self, organisation_id: UUID | None) -> bool:
        return organisation_id is not None and organisation_id in self._running

    async def _wait(self, organisation_id: UUID | None) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._changed.wait_for(lambda: self._free(organisation_id))
        except TimeoutError:
            refused = OWN_UNDER_WAY if self._own(organisation_id) else BUSY
            raise refused(retry_after=RETRY_SECONDS) from None

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def in_pace(pieces: AsyncIterator[bytes], pace: Pace) -> AsyncIterator[bytes]:
    """The pieces as they come, or a refusal once their sender sends nothing, or next to nothing, for so long. What the
    reader itself takes is not counted."""
    clock = asyncio.get_running_loop().time
    waited, came = 0.0, 0
    while True:
        since = clock()
        try:
            async with asyncio.timeout(pace.seconds - waited):
                piece = await anext(pieces, None)
        except TimeoutError:
            raise TOO_SLOW(
                retry_after=RETRY_SECONDS, seconds=pace.seconds, least_bytes=pace.least_bytes
            ) from None
        if piece is None:
            return
        waited, came = waited + clock() - since, came + len(piece)
        if came >= pace.least_bytes:
            waited, came = 0.0, 0
        yield piece


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
        async for whole in in_pace(self.arriving.pieces(), PACE):
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
