"""The report of an import of figures: how many rows, which drafts, and the rejected rows with their faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.outcomes.rules.gathered_figures import Faults
from services.outcomes.rules.return_import import ImportOutcome
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
    """What an import did, or would do. `faults` are the first by line, `faults_not_named` how many there are beyond."""

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
    faults_not_named: int = 0


def report_on(
    blank: ReturnImportReport,
    outcomes: Mapping[ImportOutcome, int],
    drafts: Sequence[ImportedReturn],
    faults: Faults,
) -> ReturnImportReport:
    """The report of rows that were counted by what became of them."""
    counted = Counter(outcomes)
    return replace(
        blank,
        taken=counted[ImportOutcome.TAKEN],
        unchanged=counted[ImportOutcome.UNCHANGED],
        rejected=counted[ImportOutcome.REJECTED],
        returns=tuple(drafts),
        faults=faults.named,
        faults_not_named=faults.not_named,
    )
