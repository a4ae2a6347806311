"""A file of placements on its way in: pieces of bytes become rows, and none are held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from services.contracts.rules.import_tally import ControlTotal, Counts
from services.contracts.rules.placement_import import PlacementReport
from services.contracts.rules.placement_row import ReadPlacement, check_headings, read_placement
from shared.csv_bytes import plain_cell
from shared.csv_in import Header, Row, heading_key
from shared.web.csv_files import ArrivingCsv

_AT_ONCE = 100  # rows between two turns of other requests


class CsvPlacements:
    """One file. What it was is known once all of its rows have been asked for."""

    def __init__(self, csv: ArrivingCsv) -> None:
        self._csv = csv
        self._others: Sequence[tuple[int, str]] | None = None

    async def rows(self) -> AsyncIterator[Sequence[ReadPlacement]]:
        async for whole in self._csv.batches():
            header = self._csv.header
            if self._others is None:
                self._others = _look_over(header)
            for start in range(0, len(whole), _AT_ONCE):
                yield [self._read(row, header) for row in whole[start : start + _AT_ONCE]]
                await asyncio.sleep(0)

    def _read(self, row: Row, header: Header) -> ReadPlacement:
        picked, torn = header.pick(row)
        cells = {name: plain_cell(cell) for name, cell in picked.items()}
        # Cells beyond the last heading too: nothing of a person comes in by any way.
        others = [(title, row.cells[at]) for at, title in self._others or () if at < len(row.cells)]
        others += [("reference", cell) for cell in row.cells[len(header.titles) :]]
        return read_placement(row.line, cells, others, torn, header.overflows(row))

    def blank(self, owner: UUID, given_pence: int | None) -> PlacementReport:
        """The report on the file, as far as it follows from the file alone."""
        arriving, header = self._csv.arriving, self._csv.header
        return PlacementReport(
            placement_import_id=None,
            dry_run=True,
            owner_organisation_id=owner,
            file_sha256=arriving.content.hexdigest(),
            file_bytes=arriving.length,
            encoding=self._csv.reader.encoding,
            heading_line=header.line,
            columns_not_read=header.unread[:200],
            counts=Counts(0, 0, 0, 0, 0, 0),
            complete=0,
            missing={},
            control_total=ControlTotal(0, given_pence, None),
            rejected_because=(),
            remarked_because=(),
        )


def _look_over(header: Header) -> Sequence[tuple[int, str]]:
    """The columns that nobody asked for, once the headings are fit."""
    check_headings(header.line, {heading_key(title): title for title in header.titles}, header.columns)
    read = {index for indexes in header.columns.values() for index in indexes}
    return [(at, title) for at, title in enumerate(header.titles) if at not in read]
