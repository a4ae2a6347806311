"""What became of a published list of bodies, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.gateway.rules.reference_file import Finding, ListLayout, Outcome


@dataclass(frozen=True, slots=True)
class ListedRow:
    """What one row led to."""

    line: int
    outcome: Outcome
    organisation_id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many rows were read and what became of them; they add up."""

    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """Every row that added or changed a body, and every one that was left with its reason."""

    layout: ListLayout
    dry_run: bool
    counts: ListCounts
    rows: tuple[ListedRow, ...]
    findings: tuple[Finding, ...]


def report(
    layout: ListLayout, dry_run: bool, rows: Sequence[ListedRow], findings: Sequence[Finding]
) -> ReferenceReport:
    def having(outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in rows)

    counts = ListCounts(
        len(rows) + len(findings),
        having(Outcome.ADDED),
        having(Outcome.CHANGED),
        having(Outcome.UNCHANGED),
        len(findings),
    )
    shown = tuple(row for row in rows if row.outcome is not Outcome.UNCHANGED)
    return ReferenceReport(layout, dry_run, counts, shown, tuple(findings))
