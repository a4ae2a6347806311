"""A file of a published register on its way in: pieces of bytes become rows, and none are held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date

from services.contracts.rules.open_contracting_id import is_own
from services.contracts.rules.register_report import FileFacts
from services.contracts.rules.register_row import ReadRow, read_row
from shared.csv_bytes import plain_cell
from shared.csv_in import Header, Row
from shared.web.csv_files import ArrivingCsv

_AT_ONCE = 100  # rows between two turns of other requests


class CsvRegister:
    """One file. Its facts are known once all of its rows have been asked for."""

    def __init__(self, csv: ArrivingCsv, ocid_prefix: str) -> None:
        self._csv = csv
        self._prefix = ocid_prefix
        self._last_day: date | None = None

    async def rows(self) -> AsyncIterator[Sequence[ReadRow]]:
        async for whole in self._csv.batches():
            for start in range(0, len(whole), _AT_ONCE):
                yield [self._read(row, self._csv.header) for row in whole[start : start + _AT_ONCE]]
                await asyncio.sleep(0)

    def _read(self, row: Row, header: Header) -> ReadRow:
        picked, torn = header.pick(row)
        cells = {name: plain_cell(cell) for name, cell in picked.items()}
        if is_own(self._prefix, cells.get("open_contracting_id", "")):
            del cells["open_contracting_id"]
        read = read_row(row.line, cells, torn, header.overflows(row))
        if read.effective_date is not None:
            self._last_day = max(read.effective_date, self._last_day or read.effective_date)
        return read

    def facts(self) -> FileFacts:
        arriving, header = self._csv.arriving, self._csv.header
        return FileFacts(
            sha256=arriving.content.hexdigest(),
            length=arriving.length,
            encoding=self._csv.reader.encoding,
            heading_line=header.line,
            columns_not_read=header.unread,
            last_day=self._last_day,
        )
