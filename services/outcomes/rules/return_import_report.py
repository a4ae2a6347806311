"""The report of an import of figures: how many rows, which drafts, and every rejected row with its faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.outcomes.rules.return_import import ImportOutcome, Step
from services.outcomes.rules.return_import_fault import RowFault


@dataclass(frozen=True, slots=True)
class ImportedReturn:
    """A draft into which figures went."""

    return_id: UUID | None
    obligation_id: UUID
    period: str
    figures: int
    new: bool
    version: int | None


@dataclass(frozen=True, slots=True)
class ReturnImportReport:
    """What an import did, or would do: how many rows, which drafts, and every rejected row with its faults."""

    return_import_id: UUID | None
    dry_run: bool
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    taken: int = 0
    unchanged: int = 0
    rejected: int = 0
    returns: tuple[ImportedReturn, ...] = ()
    faults: tuple[RowFault, ...] = field(default_factory=tuple)


def report_on(
    blank: ReturnImportReport, steps: Sequence[Step], drafts: Sequence[ImportedReturn]
) -> ReturnImportReport:
    """The report of the steps."""
    outcomes = [each.outcome for each in steps]
    return replace(
        blank,
        taken=outcomes.count(ImportOutcome.TAKEN),
        unchanged=outcomes.count(ImportOutcome.UNCHANGED),
        rejected=outcomes.count(ImportOutcome.REJECTED),
        returns=tuple(drafts),
        faults=tuple(fault for each in steps for fault in each.faults),
    )
