"""What a body that gives assurance is told: risks above target, what is overdue, who answers for nothing, faulty papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.gateway.rules.board import Board, BoardKind, require_boards
from services.gateway.rules.paper import Paper
from services.gateway.rules.paper_fault import PaperFault
from services.gateway.rules.responsibility_chart import ResponsibilityChart
from services.gateway.rules.risk import Risk, RiskState
from shared.errors import Kind, reason

NO_ASSURANCE_BODY = reason(
    "assurance_body_needed",
    Kind.INVALID,
    "A report of assurance is drawn up for a board that gives assurance.",
)
ASSURANCE_TOO_LARGE = reason(
    "assurance_too_large",
    Kind.CONFLICT,
    "The partnership has more open risks, papers or charts than one report takes. Close what is over.",
)
MOST_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class AssuredRisk:
    """An open risk. A score that nobody gave is null, and makes the report incomplete."""

    risk_id: UUID
    reference: str
    title: str
    current_score: int | None
    target_score: int | None
    above_target: bool | None
    stands_with_board_id: UUID
    overdue_actions: int


@dataclass(frozen=True, slots=True)
class AssuredPaper:
    """A paper that waits for signatures or a review, or in which something does not fit."""

    paper_id: UUID
    title: str
    edition: str
    awaited_signatures: int
    review_due_on: date | None
    review_days_late: int | None
    faults: tuple[PaperFault, ...]


@dataclass(frozen=True, slots=True)
class AssuredChart:
    """A chart of responsibilities in which something is not known, or nobody answers."""

    chart_id: UUID
    title: str
    unread_marks: int
    unanswered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssuranceContent:
    """Open risks, the highest first and unrated ones before all; papers and charts in which something is open."""

    complete: bool
    open_risks: int
    unrated_risks: int
    risks_above_target: int
    overdue_actions: int
    risks: tuple[AssuredRisk, ...]
    papers: tuple[AssuredPaper, ...]
    charts: tuple[AssuredChart, ...]


@dataclass(frozen=True, slots=True)
class AssuranceReport:
    """A report as it stood on the day on which it was drawn up. It stays as it is."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    board_id: UUID
    title: str
    as_at: date
    content: AssuranceContent
    version: int = 1


def require_assurance_body(board_id: UUID, boards: Mapping[UUID, Board]) -> None:
    require_boards([("/board_id", board_id)], boards)
    if boards[board_id].kind is not BoardKind.ASSURANCE_BODY:
        raise NO_ASSURANCE_BODY("/board_id", kind=boards[board_id].kind)


def content_of(
    risks: Iterable[Risk], papers: Iterable[Paper], charts: Iterable[ResponsibilityChart]
) -> AssuranceContent:
    """What is told of these records, each already as on the day of the report."""
    told = sorted(
        (_risk(each) for each in risks if each.state is RiskState.OPEN),
        key=lambda each: (each.current_score is not None, -(each.current_score or 0), each.reference),
    )
    unrated = sum(each.above_target is None for each in told)
    open_charts = tuple(
        AssuredChart(each.id, each.title, each.unread_marks, each.unanswered)
        for each in charts
        if not each.complete
    )
    return AssuranceContent(
        complete=not unrated and not any(each.unread_marks for each in open_charts),
        open_risks=len(told),
        unrated_risks=unrated,
        risks_above_target=sum(each.above_target is True for each in told),
        overdue_actions=sum(each.overdue_actions for each in told),
        risks=tuple(told),
        papers=tuple(_paper(each) for each in papers if each.awaited or each.faults or each.review_days_late),
        charts=open_charts,
    )


def _risk(risk: Risk) -> AssuredRisk:
    return AssuredRisk(
        risk.id,
        risk.reference,
        risk.title,
        risk.current_score,
        risk.target_score,
        risk.above_target,
        risk.escalated_to or risk.board_id,
        risk.overdue_actions,
    )


def _paper(paper: Paper) -> AssuredPaper:
    return AssuredPaper(
        paper.id,
        paper.title,
        paper.edition,
        len(paper.awaited),
        paper.review_due_on,
        paper.review_days_late,
        paper.faults,
    )
