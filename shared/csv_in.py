"""CSV as councils really publish it: pieces of bytes in, rows with line numbers out, columns by name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from shared.csv_bytes import Lines
from shared.errors import Kind, reason
from shared.text import fold_key

HEADER_NOT_FOUND = reason(
    "csv_header_not_found",
    Kind.INVALID,
    "No row near the top of the file names the columns that are needed. Send the file with its headings.",
)
FILE_EMPTY = reason("csv_file_empty", Kind.INVALID, "The file holds no rows.")
TOO_MANY_ROWS = reason(
    "csv_too_many_rows", Kind.TOO_LARGE, "The file has more rows than can be taken at once. Split it."
)
TOO_MANY_COLUMNS = reason(
    "csv_too_many_columns", Kind.INVALID, "A row has more columns than any such file should."
)
CELL_TOO_LONG = reason(
    "csv_cell_too_long",
    Kind.INVALID,
    "A cell is longer than any such cell should be. A quotation mark before it may be missing or too many.",
)
ROW_UNENDED = reason(
    "csv_row_unended", Kind.INVALID, "A row does not end. A quotation mark in it is missing or too many."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most. `cell`, `record`: characters; `preamble`: rows above the headings."""

    rows: int = 1_000_000
    columns: int = 200
    cell: int = 32_767  # the longest cell a spreadsheet can hold
    record: int = 1_000_000
    preamble: int = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the physical line of the file on which it starts (the first is 1) and its cells, untrimmed."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """Where each wanted field stands. A field can stand in several columns that bear the same heading."""

    line: int
    titles: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]

    def pick(self, row: Row) -> tuple[dict[str, str], tuple[str, ...]]:
        """A row's wanted cells, trimmed, and the fields whose several columns hold different things."""
        picked: dict[str, str] = {}
        torn: list[str] = []
        for field, indexes in self.columns.items():
            if len(indexes) == 1:  # as nearly always
                picked[field] = row.cells[indexes[0]].strip() if indexes[0] < len(row.cells) else ""
                continue
            found = {cell: None for i in indexes if i < len(row.cells) and (cell := row.cells[i].strip())}
            picked[field] = next(iter(found), "")
            if len(found) > 1:
                torn.append(field)
        return picked, tuple(torn)

    def overflows(self, row: Row) -> bool:
        """Whether something stands to the right of the last heading: a comma inside a cell was not quoted."""
        return any(cell.strip() for cell in row.cells[len(self.titles) :])

    @property
    def unread(self) -> tuple[str, ...]:
        """The headings of columns that nobody asked for."""
        read = {index for indexes in self.columns.values() for index in indexes}
        return tuple(title for index, title in enumerate(self.titles) if index not in read and title)


def heading_key(text: str) -> str:
    """The key under which two spellings of a heading are one: letters and digits only, without case."""
    return re.sub(r"[\W_]+", "", fold_key(text))


class CsvReader:
    """Takes a file in pieces of any size and gives its rows: `feed` each piece, then `finish`.

    `wanted` names each field with the headings it is known under; `needed` are those without which a row
    is not the heading row. Rows above it are a preamble; a heading row may stand in two lines, and one
    that is repeated further down (at a page break) is left out, as blank rows are.
    """

    def __init__(
        self,
        wanted: Mapping[str, Sequence[str]],
        needed: Sequence[str],
        limits: Limits = Limits(),
        encoding: str | None = None,
    ) -> None:
        self._names = {heading_key(name): field for field, names in wanted.items() for name in names}
        self._needed = tuple(needed)
        self._limits = limits
        self._lines = Lines(encoding)
        self._pending: list[str] = []
        self._pending_length = 0
        self._open = False
        self._line = 1
        self._above: list[Row] = []
        self._taken = 0
        self._headings: set[tuple[str, ...]] = set()
        self._first_headings: set[str] = set()
        self.header: Header | None = None
        self.blank_rows = 0

    @property
    def encoding(self) -> str:
        """How the bytes were read: ascii, utf-8, windows-1252 or mac-roman."""
        return self._lines.encoding

    def feed(self, piece: bytes) -> list[Row]:
        """The rows that this piece completes. Refuses what is not text, and what is beyond the limits."""
        return self._rows(self._lines.feed(piece))

    def finish(self) -> list[Row]:
        """The last rows. Refuses a file without a heading row."""
        rows = self._rows(self._lines.finish())
        if self._open:
            raise ROW_UNENDED(line=self._line)
        if self.header is None:
            raise self._no_header()
        return rows

    def _rows(self, lines: list[str]) -> list[Row]:
        if not self._open and not any('"' in line for line in lines):
            return self._data(self._records(lines)) if lines else []
        complete: list[str] = []
        for line in lines:
            if not self._open and '"' not in line:
                complete.append(line)
                continue
            self._pending.append(line)
            self._pending_length += len(line)
            if self._pending_length > self._limits.record:
                raise ROW_UNENDED(line=self._line + len(complete))
            self._open = _open_after(line, self._open)
            if not self._open:
                complete += self._pending
                self._pending, self._pending_length = [], 0
        return self._data(self._records(complete)) if complete else []

    def _records(self, lines: list[str]) -> Iterator[Row]:
        first, reader = self._line, csv.reader(lines)
        at = first
        self._line = first + len(lines)
        with suppress(csv.Error):  # then row by row, to say which one it was
            records = list(csv.reader(lines))
            if len(records) == len(lines):
                yield from map(Row, count(first), map(tuple, records))
                return
        try:
            for cells in reader:
                yield Row(at, tuple(cells))
                at = first + reader.line_num
        except csv.Error:
            raise CELL_TOO_LONG(line=at) from None

    def _data(self, rows: Iterator[Row]) -> list[Row]:
        kept = []
        shortest_long = self._limits.cell + 1
        for row in rows:
            whole = "".join(row.cells)
            if not whole or whole.isspace():
                self.blank_rows += 1
                continue
            if len(row.cells) > self._limits.columns or len(whole) >= shortest_long:
                self._check(row)
            if self.header is None:
                self._look_for_header(row)
            elif row.cells[0] not in self._first_headings or row.cells not in self._headings:
                kept.append(row)
        self._taken += len(kept)
        if self._taken > self._limits.rows:
            raise TOO_MANY_ROWS(rows_at_most=self._limits.rows)
        return kept

    def _check(self, row: Row) -> None:
        if len(row.cells) > self._limits.columns:
            raise TOO_MANY_COLUMNS(line=row.line, columns_at_most=self._limits.columns)
        if any(len(cell) > self._limits.cell for cell in row.cells):
            raise CELL_TOO_LONG(line=row.line, characters_at_most=self._limits.cell)

    def _look_for_header(self, row: Row) -> None:
        """Try a row as the headings, alone and under the row above it."""
        readings = [(row.cells, {row.cells})]
        if self._above:
            upper = self._above[-1].cells
            readings.append((_joined(upper, row.cells), {upper, row.cells}))
        for titles, headings in readings:
            columns = self._columns(titles)
            if all(field in columns for field in self._needed):
                self.header = Header(row.line, tuple(title.strip() for title in titles), columns)
                self._headings, self._first_headings = headings, {each[0] for each in headings}
                return
        self._above.append(row)
        if len(self._above) > self._limits.preamble:
            raise self._no_header()

    def _columns(self, titles: Sequence[str]) -> dict[str, tuple[int, ...]]:
        columns: dict[str, tuple[int, ...]] = {}
        for index, title in enumerate(titles):
            field = self._names.get(heading_key(title))
            if field is not None:
                columns[field] = (*columns.get(field, ()), index)
        return columns

    def _no_header(self) -> Exception:
        if not self._above:
            return FILE_EMPTY()
        best = max(self._above, key=lambda row: len(self._columns(row.cells)))
        found = self._columns(best.cells)
        missing = [field for field in self._needed if field not in found]
        return HEADER_NOT_FOUND(missing=missing, nearest_line=best.line)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Headings over two rows: a title above reaches to the right until the next one."""
    above, titles = "", []
    for index, below in enumerate(lower):
        above = (upper[index].strip() if index < len(upper) else "") or above
        titles.append(f"{above} {below.strip()}".strip() if below.strip() else above)
    return tuple(titles)


_QUOTED = re.compile(r'[^"]*(?:""[^"]*)*')


def _open_after(line: str, inside: bool) -> bool:
    """Whether a quoted cell goes on after this line; `inside` says whether one went on before it."""
    position = 0
    if not inside and line.startswith('"'):
        inside, position = True, 1
    while True:
        if inside:
            found = _QUOTED.match(line, position)
            position = found.end() if found else position
            if position >= len(line):
                return True
        comma = line.find(",", position)
        if comma < 0:
            return False
        inside = line.startswith('"', comma + 1)
        position = comma + 1 + inside
