"""The report on a register that was sent in: what became of its rows, counts that add up, what is unknown, and the total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.contracts.rules.contract import EndStatus
from services.contracts.rules.import_tally import Cause, ControlTotal, Counts, Outcome, RowTally, control
from services.contracts.rules.register_import import Step, remarks_of
from services.contracts.rules.register_remark import Finding, Remark
from services.contracts.rules.register_row import RegisterContent
from shared.errors import Kind, Refusal, reason
from shared.money import Status

CONTROL_TOTAL_DIFFERS = reason(
    "control_total_differs",
    Kind.INVALID,
    "The values in the file do not come to the control total, so nothing was taken. See the dry run for each row.",
)


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row. `line` is the physical line of the file on which it starts."""

    line: int
    reference: str | None
    outcome: Outcome
    contract_id: UUID | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reused:
    """A reference that stands for several contracts, and the first lines of the file where it does."""

    reference: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file was, once it is read to its end. `last_day`: the latest day that its rows say they speak of."""

    sha256: str
    length: int
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    last_day: date | None


@dataclass(frozen=True, slots=True)
class References:
    """Under how many references the rows of a file stand, how many of them are used again, and the first of those."""

    distinct: int
    reused: int
    first_reused: tuple[Reused, ...]


@dataclass(frozen=True, slots=True)
class RegisterOutcome:
    """What became of a file, without its rows: as a list of imports has it."""

    register_import_id: UUID | None
    dry_run: bool
    owner_organisation_id: UUID
    partnership_id: UUID | None
    register_date: date
    file_sha256: str
    file_bytes: int
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    counts: Counts
    distinct_references: int
    reused_references: int
    references_used_again: tuple[Reused, ...]
    not_stated: Mapping[str, int]
    control_total: ControlTotal
    rejected_because: tuple[Cause, ...]
    remarked_because: tuple[Cause, ...]
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegisterReport(RegisterOutcome):
    """What became of a file. `rows` are all while they are few, else first those that need a look."""

    rows: tuple[RowReport, ...] = ()


def blank_report(
    owner: UUID, partnership_id: UUID | None, day: date, facts: FileFacts, given_pence: int | None
) -> RegisterReport:
    """A report that so far names only the file and the owner."""
    return RegisterReport(
        register_import_id=None,
        dry_run=True,
        owner_organisation_id=owner,
        partnership_id=partnership_id,
        register_date=day,
        file_sha256=facts.sha256,
        file_bytes=facts.length,
        encoding=facts.encoding,
        heading_line=facts.heading_line,
        columns_not_read=facts.columns_not_read[:200],
        counts=Counts(0, 0, 0, 0, 0, 0),
        distinct_references=0,
        reused_references=0,
        references_used_again=(),
        not_stated={},
        control_total=ControlTotal(0, given_pence, None),
        rejected_because=(),
        remarked_because=(),
    )


class Tally:
    """Counts the rows of a register as they are decided, some at a time, in any order."""

    def __init__(self) -> None:
        self.rows: RowTally[RowReport] = RowTally()
        self.read_pence = 0
        self.not_stated: Counter[str] = Counter()

    def add(self, step: Step, day: date) -> RowReport:
        """Count a row as it was decided; what is told of it."""
        row = RowReport(
            step.row.line,
            step.row.reference,
            step.outcome,
            step.contract_id,
            (*step.row.findings, *remarks_of(step, day)),
        )
        self.rows.add(row)
        content = step.row.content
        if content is not None and row.outcome is not Outcome.REJECTED:
            self.read_pence += content.value.amount_pence or 0
            self.not_stated.update(name for name, left_open in left_open_by(content).items() if left_open)
        return row

    def fill(self, blank: RegisterReport, references: References) -> RegisterReport:
        """The report, once all rows were counted."""
        return replace(
            blank,
            counts=self.rows.counts,
            distinct_references=references.distinct,
            reused_references=references.reused,
            references_used_again=references.first_reused,
            not_stated={name: self.not_stated[name] for name in LEFT_OPEN},
            control_total=control(self.read_pence, blank.control_total.given_pence),
            rejected_because=self.rows.rejected_because,
            remarked_because=self.rows.remarked_because,
            rows=self.rows.shown,
        )


def left_open_by(content: RegisterContent) -> Mapping[str, bool]:
    """What matters and is left open by a row: a blank is not stated, and never nothing or never nought."""
    return {
        "start_date": content.start_date is None,
        "end_date": content.end_status is EndStatus.NOT_STATED,
        "review_date": content.review_date is None,
        "value": content.value.status is Status.NOT_STATED,
        "vcse": content.vcse is None,
        "sme": content.sme is None,
    }


LEFT_OPEN = ("start_date", "end_date", "review_date", "value", "vcse", "sme")


def rejected(step: Step, remark: Remark, refusal: Refusal | None = None) -> Step:
    """A step that could not be done after all, with the reason and any rule that refused it among its findings."""
    told = () if refusal is None else (refusal.reason.sentence, *(each.detail for each in refusal.faults))
    sentences = dict.fromkeys((remark.detail, *told))
    finding = Finding("reference", step.row.reference, remark.code, " ".join(sentences))
    row = replace(step.row, findings=(*step.row.findings, finding))
    return replace(step, row=row, outcome=Outcome.REJECTED, changes=())
