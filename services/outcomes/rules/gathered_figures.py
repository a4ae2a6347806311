"""Rows of a file of figures, kept small until each is looked at: packed, by the return that they go into.

A file can hold 100,000 rows in any order. As records they would take a hundred times the room of what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from services.outcomes.rules.return_import import ReadFigure, period_of, read_fields, read_figure
from services.outcomes.rules.return_import_fault import RowFault
from shared.calendar import read_period
from shared.errors import Refusal

MOST_NAMED = 10_000  # faults of a file that are named; what is beyond is counted
ROWS_AT_ONCE, RETURNS_AT_ONCE = 4_000, 100
_REMEMBERED = 20_000  # obligations with periods whose reading is kept, since the same come again and again
_FIELDS = ("indicator", "value", "status", "numerator", "denominator", "explanation")
_BETWEEN, _END = "\x1f", "\x1e"  # separators of fields and of rows; as text of a cell they become a space
_PLAIN = str.maketrans({_BETWEEN: " ", _END: " "})

Where = tuple[UUID, str]


class Faults:
    """What is wrong with rows of a file: the first by line as they are, and all counted."""

    def __init__(self) -> None:
        self._kept: list[RowFault] = []
        self._in_all = 0

    def note(self, faults: Iterable[RowFault]) -> None:
        before = len(self._kept)
        self._kept += faults
        self._in_all += len(self._kept) - before
        if len(self._kept) > 2 * MOST_NAMED:
            self._kept = list(self.named)

    @property
    def named(self) -> tuple[RowFault, ...]:
        """The first faults, in the order of the file."""
        return tuple(sorted(self._kept, key=lambda each: each.line)[:MOST_NAMED])

    @property
    def not_named(self) -> int:
        return max(0, self._in_all - MOST_NAMED)


class GatheredFigures:
    """Takes the rows of a file as they come, and gives them back by obligation and period, once."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.rejected = 0
        self._packed: dict[str, bytearray] = {}
        self._rows: dict[str, int] = {}
        self._read: dict[tuple[str, ...], str | None] = {}

    def add(self, line: int, cells: Mapping[str, str], torn: tuple[str, ...], overflows: bool) -> None:
        """Keep a row; one that names no obligation or period, or whose cells are out of place, is a fault at once."""
        key = None if torn or overflows else self._key(cells)
        if key is None:
            self.rejected += 1
            self.faults.note(read_figure(line, cells, torn, overflows).faults)
            return
        said = [cells.get(name, "") for name in _FIELDS]
        packed = _BETWEEN.join((str(line), *said))
        if packed.count(_BETWEEN) > len(_FIELDS) or _END in packed:
            packed = _BETWEEN.join((str(line), *(each.translate(_PLAIN) for each in said)))
        self._packed.setdefault(key, bytearray()).extend((packed + _END).encode())
        self._rows[key] = self._rows.get(key, 0) + 1

    def _key(self, cells: Mapping[str, str]) -> str | None:
        """Obligation and period as one text in whose order returns are held; None where one cannot be read."""
        named = tuple(
            cells.get(name, "") for name in ("obligation_id", "period", "financial_year", "financial_quarter")
        )
        if named not in self._read:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            try:
                self._read[named] = UUID(named[0]).hex + period_of(cells).id
            except (ValueError, Refusal):
                self._read[named] = None
        return self._read[named]

    def batches(self) -> Iterator[list[Where]]:
        """Obligations and periods in one order, as many at a time as can well be held with their rows."""
        batch: list[Where] = []
        rows = 0
        for key in sorted(self._packed):
            batch.append((UUID(key[:32]), key[32:]))
            rows += self._rows[key]
            if rows >= ROWS_AT_ONCE or len(batch) >= RETURNS_AT_ONCE:
                yield batch
                batch, rows = [], 0
        if batch:
            yield batch

    def rows_of(self, where: Where) -> Iterator[ReadFigure]:
        """The rows of one obligation and period in the order of the file. They are forgotten with it."""
        obligation_id, name = where
        packed = self._packed.pop(obligation_id.hex + name)
        period = read_period(name)
        for row in packed.decode().split(_END)[:-1]:
            line, *said = row.split(_BETWEEN)
            fields, faults = read_fields(int(line), dict(zip(_FIELDS, said, strict=True)))
            yield ReadFigure(int(line), obligation_id, period, said[0], fields, faults)
