"""A file of ledger lines or published spend on its way in: pieces of bytes become rows, and none are held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from services.budget.rules.import_line import Findings, Staged
from services.budget.rules.ledger_import import FileFacts
from shared.copying import Batches
from shared.csv_in import FILE_EMPTY, Header, Row
from shared.web.csv_files import ArrivingCsv


class RowReader(Protocol):
    """Reads the rows of one layout."""

    findings: Findings
    total_pence: int

    def read(self, line: int, cells: tuple[str, ...]) -> list[Staged]: ...


class LedgerFile:
    """One file. Its facts are known once all of its rows have been asked for."""

    def __init__(self, csv: ArrivingCsv, reader_for: Callable[[Header], RowReader]) -> None:
        self._csv = csv
        self._reader_for = reader_for
        self._reader: RowReader | None = None
        self._rows = 0

    def rows(self) -> Batches:
        return self._batches()

    async def _batches(self) -> AsyncIterator[list[Staged]]:
        async for rows in self._csv.batches():
            yield self._read(rows)
        if self._rows == 0:
            raise FILE_EMPTY()

    def _read(self, rows: list[Row]) -> list[Staged]:
        if self._reader is None:
            self._reader = self._reader_for(self._csv.header)
        staged: list[Staged] = []
        for row in rows:
            if found := self._reader.read(row.line, row.cells):
                staged += found
                self._rows += 1
        return staged

    @property
    def findings(self) -> Findings:
        assert self._reader is not None
        return self._reader.findings

    def facts(self) -> FileFacts:
        assert self._reader is not None
        arriving, header = self._csv.arriving, self._csv.header
        return FileFacts(
            sha256=arriving.content.hexdigest(),
            length=arriving.length,
            encoding=self._csv.reader.encoding,
            heading_line=header.line,
            columns_not_read=header.unread[:200],
            rows=self._rows,
            total_pence=self._reader.total_pence,
        )
