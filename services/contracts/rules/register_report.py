"""The report on a register that was sent in: every row, counts that add up, what is unknown, and the total."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.contracts.rules.contract import EndStatus, reference_key
from services.contracts.rules.register_import import Outcome, Step, remarks_of
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
class Reused:
    """A reference that stands for several contracts, and the lines of the file where it does."""

    reference: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The sum of all values in rows that were not rejected, against the total that came with the file."""

    read_pence: int
    given_pence: int | None
    out_by_pence: int | None


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """The whole report. Lists of causes are of all rows, also where the list of rows is long."""

    register_import_id: UUID | None
    dry_run: bool
    owner_organisation_id: UUID
    partnership_id: UUID | None
    register_date: date
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    counts: Counts
    distinct_references: int
    references_used_again: tuple[Reused, ...]
    not_stated: Mapping[str, int]
    control_total: ControlTotal
    rejected_because: tuple[Cause, ...]
    remarked_because: tuple[Cause, ...]
    rows: tuple[RowReport, ...]


def report_on(blank: RegisterReport, steps: Sequence[Step], given_pence: int | None) -> RegisterReport:
    """Fill in a report that so far only names the file and the owner."""
    rows = tuple(_row(step, blank.register_date) for step in steps)
    kept = [
        step.row.content
        for step in steps
        if step.row.content is not None and step.outcome is not Outcome.REJECTED
    ]
    read = sum(content.value.amount_pence or 0 for content in kept)
    lines: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if step.row.reference is not None:
            lines[reference_key(step.row.reference)].append(step)
    return replace(
        blank,
        counts=_counts(rows),
        distinct_references=len(lines),
        references_used_again=tuple(
            Reused(group[0].row.reference or "", tuple(step.row.line for step in group))
            for group in lines.values()
            if len(group) > 1
        ),
        not_stated=_not_stated(kept),
        control_total=ControlTotal(read, given_pence, None if given_pence is None else read - given_pence),
        rejected_because=_causes(rows, lambda row: row.outcome is Outcome.REJECTED),
        remarked_because=_causes(rows, lambda row: row.outcome is not Outcome.REJECTED),
        rows=rows,
    )


def _row(step: Step, day: date) -> RowReport:
    findings = (*step.row.findings, *remarks_of(step, day))
    return RowReport(step.row.line, step.row.reference, step.outcome, step.contract_id, findings)


def rejected(step: Step, remark: Remark, refusal: Refusal) -> Step:
    """A step that could not be done after all, with the reason and the rule that refused it among its findings."""
    sentences = dict.fromkeys(
        (remark.detail, refusal.reason.sentence, *(each.detail for each in refusal.faults))
    )
    finding = Finding("reference", step.row.reference, remark.code, " ".join(sentences))
    row = replace(step.row, findings=(*step.row.findings, finding))
    return replace(step, row=row, outcome=Outcome.REJECTED, changes=())


def _counts(rows: Iterable[RowReport]) -> Counts:
    rows = tuple(rows)
    by = Counter(row.outcome for row in rows)
    return Counts(
        rows=len(rows),
        taken=by[Outcome.TAKEN],
        updated=by[Outcome.UPDATED],
        unchanged=by[Outcome.UNCHANGED],
        rejected=by[Outcome.REJECTED],
        with_remarks=sum(bool(row.findings) for row in rows if row.outcome is not Outcome.REJECTED),
    )


def _not_stated(kept: Sequence[RegisterContent]) -> Mapping[str, int]:
    """How many rows leave open what matters: a blank is not stated, and never nothing or never nought."""
    return {
        "start_date": sum(content.start_date is None for content in kept),
        "end_date": sum(content.end_status is EndStatus.NOT_STATED for content in kept),
        "review_date": sum(content.review_date is None for content in kept),
        "value": sum(content.value.status is Status.NOT_STATED for content in kept),
        "vcse": sum(content.vcse is None for content in kept),
        "sme": sum(content.sme is None for content in kept),
    }


def _causes(rows: Iterable[RowReport], wanted: Callable[[RowReport], bool]) -> tuple[Cause, ...]:
    found: dict[tuple[str, str], dict[int, None]] = {}
    for row in rows:
        if wanted(row):
            for finding in row.findings:
                found.setdefault((finding.code, finding.detail), {})[row.line] = None
    return tuple(
        Cause(code, detail, len(lines), tuple(list(lines)[:20]))
        for (code, detail), lines in sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    )
