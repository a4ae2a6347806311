"""What became of the rows of a file: counted as they are decided, in a memory that does not grow with the file."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from services.contracts.rules.register_remark import Finding

MOST_SHOWN = 1000  # rows within the report; the rest is a list of its own
FIRST_LINES = 20


class Outcome(StrEnum):
    """What became of a row. Every row has exactly one."""

    TAKEN = "taken"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, in how many rows, and the first lines."""

    code: str
    detail: str
    rows: int
    first_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """`rows` = taken + updated + unchanged + rejected. `with_remarks` counts rows that were not rejected."""

    rows: int
    taken: int
    updated: int
    unchanged: int
    rejected: int
    with_remarks: int


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The sum of all amounts in rows that were not rejected, against the total that came with the file."""

    read_pence: int
    given_pence: int | None
    out_by_pence: int | None


def control(read_pence: int, given_pence: int | None) -> ControlTotal:
    """A total of a file against the one that was given with it."""
    return ControlTotal(read_pence, given_pence, None if given_pence is None else read_pence - given_pence)


class DecidedRow(Protocol):
    """What is told of a row, whatever it is a row of."""

    @property
    def line(self) -> int: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...


R = TypeVar("R", bound=DecidedRow)


class _Lines:
    """How often a cause was met, and its first lines."""

    def __init__(self) -> None:
        self.rows = 0
        self.first: list[int] = []

    def met(self, line: int) -> None:
        self.rows += 1
        if len(self.first) < FIRST_LINES or line < self.first[-1]:
            insort(self.first, line)
            del self.first[FIRST_LINES:]


def _urgency(row: DecidedRow) -> tuple[bool, int]:
    return row.outcome is not Outcome.REJECTED, row.line


class RowTally(Generic[R]):
    """Counts rows in any order, and keeps those that the report shows."""

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.with_remarks = 0
        self._rejected: dict[tuple[str, str], _Lines] = {}
        self._remarked: dict[tuple[str, str], _Lines] = {}
        self._first: list[R] = []
        self._to_look_at: list[R] = []

    def add(self, row: R) -> None:
        self.outcomes[row.outcome] += 1
        rejected = row.outcome is Outcome.REJECTED
        self.with_remarks += bool(row.findings) and not rejected
        causes = self._rejected if rejected else self._remarked
        for code, detail in {(each.code, each.detail) for each in row.findings}:
            causes.setdefault((code, detail), _Lines()).met(row.line)
        if len(self._first) <= MOST_SHOWN:
            self._first.append(row)
        if row.findings:
            self._to_look_at.append(row)
            if len(self._to_look_at) > 2 * MOST_SHOWN:
                self._cut()

    def _cut(self) -> None:
        self._to_look_at.sort(key=_urgency)
        del self._to_look_at[MOST_SHOWN:]

    @property
    def counts(self) -> Counts:
        by = self.outcomes
        each = (by[Outcome.TAKEN], by[Outcome.UPDATED], by[Outcome.UNCHANGED], by[Outcome.REJECTED])
        return Counts(sum(each), *each, self.with_remarks)

    @property
    def rejected_because(self) -> tuple[Cause, ...]:
        return _causes(self._rejected)

    @property
    def remarked_because(self) -> tuple[Cause, ...]:
        return _causes(self._remarked)

    @property
    def shown(self) -> tuple[R, ...]:
        """All rows while they are few; else those that need a look, first what was rejected."""
        self._cut()
        few = len(self._first) <= MOST_SHOWN
        return tuple(sorted(self._first, key=lambda row: row.line) if few else self._to_look_at)


def _causes(found: Mapping[tuple[str, str], _Lines]) -> tuple[Cause, ...]:
    ordered = sorted(found.items(), key=lambda each: (-each[1].rows, each[0]))
    return tuple(Cause(code, detail, lines.rows, tuple(lines.first)) for (code, detail), lines in ordered)
