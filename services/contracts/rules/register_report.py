"""The report on a register that was sent in: what became of its rows, counts that add up, what is unknown, and the total."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services.contracts.rules.contract import EndStatus
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

MOST_SHOWN = 1000  # rows within the report; the rest is a list of its own
FIRST_LINES = 20


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
    """A reference that stands for several contracts, and the first lines of the file where it does."""

    reference: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The sum of all values in rows that were not rejected, against the total that came with the file."""

    read_pence: int
    given_pence: int | None
    out_by_pence: int | None


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
class RegisterReport:
    """What became of a file. `rows` are all while they are few, else first those that need a look."""

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
    rows: tuple[RowReport, ...]
    recorded_at: datetime | None = None


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
        rows=(),
    )


@dataclass(slots=True)
class _Lines:
    """How often a cause was met, and its first lines."""

    rows: int = 0
    first: list[int] = field(default_factory=list)

    def met(self, line: int) -> None:
        self.rows += 1
        if len(self.first) < FIRST_LINES or line < self.first[-1]:
            insort(self.first, line)
            del self.first[FIRST_LINES:]


_RANKS = {Outcome.REJECTED: 0}


@dataclass(slots=True)
class Tally:
    """Counts rows as they are decided, some at a time, in any order. What it holds does not grow with the file."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    with_remarks: int = 0
    read_pence: int = 0
    not_stated: Counter[str] = field(default_factory=Counter)
    rejected: dict[tuple[str, str], _Lines] = field(default_factory=dict)
    remarked: dict[tuple[str, str], _Lines] = field(default_factory=dict)
    plain: list[RowReport] = field(default_factory=list)
    to_look_at: list[RowReport] = field(default_factory=list)

    def add(self, step: Step, day: date) -> RowReport:
        """Count a row as it was decided; what is told of it."""
        row = RowReport(
            step.row.line,
            step.row.reference,
            step.outcome,
            step.contract_id,
            (*step.row.findings, *remarks_of(step, day)),
        )
        self.outcomes[row.outcome] += 1
        causes = self.rejected if row.outcome is Outcome.REJECTED else self.remarked
        for code, detail in {(each.code, each.detail) for each in row.findings}:
            causes.setdefault((code, detail), _Lines()).met(row.line)
        if row.outcome is not Outcome.REJECTED:
            self.with_remarks += bool(row.findings)
            if step.row.content is not None:
                self._count(step.row.content)
        self._keep(row)
        return row

    def _count(self, content: RegisterContent) -> None:
        self.read_pence += content.value.amount_pence or 0
        self.not_stated.update(name for name, left_open in left_open_by(content).items() if left_open)

    def _keep(self, row: RowReport) -> None:
        if len(self.plain) <= MOST_SHOWN:
            self.plain.append(row)
        if row.findings:
            self.to_look_at.append(row)
            if len(self.to_look_at) > 2 * MOST_SHOWN:
                self._cut()

    def _cut(self) -> None:
        self.to_look_at.sort(key=lambda row: (_RANKS.get(row.outcome, 1), row.line))
        del self.to_look_at[MOST_SHOWN:]

    def fill(self, blank: RegisterReport, references: References) -> RegisterReport:
        """The report, once all rows were counted."""
        given = blank.control_total.given_pence
        out_by = None if given is None else self.read_pence - given
        by, rows = self.outcomes, self.outcomes.total()
        self._cut()
        return replace(
            blank,
            counts=Counts(
                rows,
                by[Outcome.TAKEN],
                by[Outcome.UPDATED],
                by[Outcome.UNCHANGED],
                by[Outcome.REJECTED],
                self.with_remarks,
            ),
            distinct_references=references.distinct,
            reused_references=references.reused,
            references_used_again=references.first_reused,
            not_stated={name: self.not_stated[name] for name in LEFT_OPEN},
            control_total=ControlTotal(self.read_pence, given, out_by),
            rejected_because=_causes(self.rejected),
            remarked_because=_causes(self.remarked),
            rows=tuple(
                self.to_look_at if rows > MOST_SHOWN else sorted(self.plain, key=lambda row: row.line)
            ),
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


def rejected(step: Step, remark: Remark, refusal: Refusal) -> Step:
    """A step that could not be done after all, with the reason and the rule that refused it among its findings."""
    sentences = dict.fromkeys(
        (remark.detail, refusal.reason.sentence, *(each.detail for each in refusal.faults))
    )
    finding = Finding("reference", step.row.reference, remark.code, " ".join(sentences))
    row = replace(step.row, findings=(*step.row.findings, finding))
    return replace(step, row=row, outcome=Outcome.REJECTED, changes=())


def _causes(found: Mapping[tuple[str, str], _Lines]) -> tuple[Cause, ...]:
    ordered: Iterable[tuple[tuple[str, str], _Lines]] = sorted(
        found.items(), key=lambda each: (-each[1].rows, each[0])
    )
    return tuple(Cause(code, detail, lines.rows, tuple(lines.first)) for (code, detail), lines in ordered)
