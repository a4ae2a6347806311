"""Lists of services with a decision about scope for each row, as a spreadsheet gives them out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from services.budget.rules.line_nature import DeliveryMode
from services.budget.rules.scope_assessment import Answers, ScopeAssessment, ScopeOutcome, assess
from shared.errors import Fault, Refusal
from shared.text import fold_key, forbidden_character, personal_detail

MOST_ROWS = 2000
LONGEST_SERVICE, LONGEST_REASON = 200, 4000
# The headings under which each column is known.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "service": ("service", "service name", "function"),
    "delivery_mode": ("delivery mode", "delivery"),
    "outcome": ("outcome", "scope", "in scope", "decision"),
    "reason": ("reason", "rationale", "comment"),
    "reason_code": ("reason code",),
    "outcomes_shared": ("outcomes shared", "shared outcomes"),
    "needs_two_or_more": ("needs two or more", "two or more parties"),
    "one_party_but_users_overlap": ("one party but users overlap", "users overlap"),
    "outcomes_aligned_not_dependent": ("outcomes aligned not dependent", "aligned not dependent"),
    "operates_independently": ("operates independently", "independent"),
    "limited_overlap": ("limited overlap",),
}
NEEDED = ("service", "reason")
_CRITERIA = tuple(each.name for each in fields(Answers))
_YES, _NO = frozenset({"yes", "y", "x", "true", "1"}), frozenset({"no", "n", "false", "0", "", "-"})
_OUTCOMES = {
    "in": ScopeOutcome.IN_SCOPE, "in scope": ScopeOutcome.IN_SCOPE, "yes": ScopeOutcome.IN_SCOPE,
    "in_scope": ScopeOutcome.IN_SCOPE, "out": ScopeOutcome.OUT_OF_SCOPE, "no": ScopeOutcome.OUT_OF_SCOPE,
    "out of scope": ScopeOutcome.OUT_OF_SCOPE, "out_of_scope": ScopeOutcome.OUT_OF_SCOPE, "": None,
}  # fmt: skip
_MODES = {"commissioned": DeliveryMode.COMMISSIONED, "in house": DeliveryMode.IN_HOUSE,
          "in-house": DeliveryMode.IN_HOUSE, "in_house": DeliveryMode.IN_HOUSE, "": None}  # fmt: skip
# Ids follow from what a row is about, so that a list that is sent again means the same assessments.
_NAMESPACE = UUID("8c1f2d7a-5b7e-4d0a-9f53-2f0f6f9f6a11")


class ScopeRowOutcome(StrEnum):
    """What a row led to."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ScopeListFor:
    """Whose list it is, and the days that hold for all its rows."""

    partnership_id: UUID
    owner_organisation_id: UUID
    assessed_on: date
    effective_from: date


@dataclass(frozen=True, slots=True)
class ScopeFinding:
    """Why a row was left: its line, the column, what was read there, and what is wrong."""

    line: int
    column: str
    read: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """A row that was taken, or is on record already."""

    line: int
    outcome: ScopeRowOutcome
    assessment_id: UUID
    service: str
    scope: ScopeOutcome


@dataclass(frozen=True, slots=True)
class ScopeImport:
    """What became of a list. Rows and findings add up to what was read."""

    dry_run: bool
    rows: int
    added: int
    unchanged: int
    rejected: int
    in_scope: int
    out_of_scope: int
    taken: tuple[ScopeRow, ...]
    findings: tuple[ScopeFinding, ...]


@dataclass(frozen=True, slots=True)
class ReadScope:
    """A row that could be read, as the assessment that it asks for."""

    line: int
    asked: ScopeAssessment


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a list: the line of the file on which it starts, with its cells by the names of `COLUMNS`.

    `torn`: columns that stand twice and say different things. `overflows`: something stands beyond the last heading.
    """

    line: int
    cells: Mapping[str, str]
    torn: Collection[str] = ()
    overflows: bool = False


def read_list(
    rows: Iterable[ListedRow], whose: ScopeListFor
) -> tuple[tuple[ReadScope, ...], tuple[ScopeFinding, ...]]:
    """The rows that hold together, and why others do not. A service that comes twice is taken once."""
    read: dict[UUID, ReadScope] = {}
    findings: list[ScopeFinding] = []
    for row in rows:
        line, cells = row.line, row.cells
        wrong = [*_misplaced(row), *_unreadable(line, cells)]
        if wrong:
            findings += wrong[:1]
            continue
        asked = _asked(cells, whose)
        if asked.id in read:
            detail = f"The service stands in line {read[asked.id].line} already."
            findings.append(ScopeFinding(line, "service", cells["service"], "scope_row_twice", detail))
            continue
        try:
            read[asked.id] = ReadScope(line, assess(asked, None))
        except Refusal as refusal:
            findings.append(_refused(line, refusal, cells))
    return tuple(read.values()), tuple(findings)


def report(
    dry_run: bool,
    read: Sequence[ReadScope],
    known: Mapping[UUID, ScopeAssessment],
    findings: Sequence[ScopeFinding],
) -> ScopeImport:
    """What a list leads to, given what is on record under the ids of its rows."""
    taken: list[ScopeRow] = []
    left = list(findings)
    for each in read:
        there = known.get(each.asked.id)
        if there is not None and there != each.asked:
            detail = "It is on record otherwise. Enter what changed as an assessment that takes its place."
            left.append(ScopeFinding(each.line, "service", each.asked.service, "scope_row_differs", detail))
            continue
        outcome = ScopeRowOutcome.ADDED if there is None else ScopeRowOutcome.UNCHANGED
        assert each.asked.outcome is not None
        taken.append(ScopeRow(each.line, outcome, each.asked.id, each.asked.service, each.asked.outcome))
    added = sum(each.outcome is ScopeRowOutcome.ADDED for each in taken)
    inside = sum(each.scope is ScopeOutcome.IN_SCOPE for each in taken)
    return ScopeImport(
        dry_run,
        len(read) + len(findings),
        added,
        len(taken) - added,
        len(left),
        inside,
        len(taken) - inside,
        tuple(taken),
        tuple(sorted(left, key=lambda each: each.line)),
    )


def _misplaced(row: ListedRow) -> Iterator[ScopeFinding]:
    if row.overflows:
        detail = (
            "Something stands beyond the last heading: a comma inside a cell may lack its quotation marks."
        )
        yield ScopeFinding(row.line, "service", "", "scope_row_shifted", detail)
    for name in row.torn:
        detail = "This heading stands over two columns that say different things."
        yield ScopeFinding(row.line, name, "", "scope_row_columns_differ", detail)


def _unreadable(line: int, cells: Mapping[str, str]) -> Iterator[ScopeFinding]:
    for name, longest in (("service", LONGEST_SERVICE), ("reason", LONGEST_REASON)):
        text = cells[name]
        if not text:
            yield ScopeFinding(line, name, "", "scope_row_blank", "The cell is empty.")
        elif (
            len(text) > longest or forbidden_character(text) is not None or personal_detail(text) is not None
        ):
            detail = (
                "The text is too long, holds a character that no record may hold, or stands for a person."
            )
            yield ScopeFinding(line, name, _shown(text), "scope_row_text", detail)
    for name, words in (("outcome", _OUTCOMES), ("delivery_mode", _MODES)):
        if fold_key(cells.get(name, "")) not in words:
            said = ", ".join(word for word in words if word)
            yield ScopeFinding(line, name, _shown(cells[name]), "scope_row_word", f"Write one of: {said}.")
    for name in _CRITERIA:
        if fold_key(cells.get(name, "")) not in _YES | _NO:
            yield ScopeFinding(line, name, _shown(cells[name]), "scope_row_answer", "Write yes or no.")
    code = cells.get("reason_code", "")
    if code and not (len(code) <= 80 and code.replace("_", "").isascii() and code.replace("_", "").isalnum()):
        yield ScopeFinding(
            line, "reason_code", _shown(code), "scope_row_code", "Write letters, digits and _."
        )


def _shown(cell: str) -> str:
    """The start of what was read; nothing of what may be one person's, and an odd character by its code."""
    return "" if personal_detail(cell) is not None else forbidden_character(cell) or cell[:80]


def _asked(cells: Mapping[str, str], whose: ScopeListFor) -> ScopeAssessment:
    mode = _MODES[fold_key(cells.get("delivery_mode", ""))]
    about = f"{whose.partnership_id}/{whose.owner_organisation_id}/{whose.effective_from}/{mode}/"
    answers: dict[str, Any] = {name: fold_key(cells.get(name, "")) in _YES for name in _CRITERIA}
    return ScopeAssessment(
        id=uuid5(_NAMESPACE, about + fold_key(cells["service"])),
        partnership_id=whose.partnership_id,
        owner_organisation_id=whose.owner_organisation_id,
        service=cells["service"],
        delivery_mode=mode,
        line_id=None,
        answers=Answers(**answers),
        outcome=_OUTCOMES[fold_key(cells.get("outcome", ""))],
        reason=cells["reason"],
        reason_code=cells.get("reason_code") or "first_assessment",
        assessed_on=whose.assessed_on,
        effective_from=whose.effective_from,
    )


def _refused(line: int, refusal: Refusal, cells: Mapping[str, str]) -> ScopeFinding:
    fault: Fault | None = refusal.faults[0] if refusal.faults else None
    column = (fault.pointer if fault else "/service").strip("/")
    return ScopeFinding(
        line, column, _shown(cells.get(column, "")), refusal.reason.code, refusal.reason.sentence
    )
