"""Who answers for what: a RACI matrix of activities by boards, as a business case prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.board import Board, require_boards
from shared.errors import Kind, reason
from shared.text import fold_key

CHART_COLUMN_UNKNOWN = reason(
    "chart_column_unknown",
    Kind.INVALID,
    "No board of this partnership has the name at the head of this column. Enter the board, or correct the name.",
)
CHART_COLUMN_TWICE = reason(
    "chart_column_twice", Kind.INVALID, "Two columns stand for the same board. Take one of them out."
)
CHART_COLUMN_AMBIGUOUS = reason(
    "chart_column_ambiguous",
    Kind.INVALID,
    "More than one board of this partnership has the name at the head of this column. Give them names of their own.",
)
CHART_ROW_WIDTH = reason(
    "chart_row_width",
    Kind.INVALID,
    "A row has one cell for each column. Write null where nothing can be read.",
)
CHART_ACTIVITY_TWICE = reason("chart_activity_twice", Kind.INVALID, "Each activity stands in the chart once.")
CHART_TWO_ACCOUNTABLE = reason(
    "chart_two_accountable",
    Kind.INVALID,
    "One board alone is accountable for an activity. Others can be responsible, consulted or informed.",
)
CHART_TITLED = reason(
    "chart_titled_already", Kind.CONFLICT, "Your organisation has a chart of this title in the partnership."
)


class Mark(StrEnum):
    """What a board does for an activity. `none`: the cell is empty, and known to be."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """The head of a column as printed, and the board that it stands for."""

    printed: str
    board_id: UUID


@dataclass(frozen=True, slots=True)
class ChartActivity:
    """An activity, with a mark for each column. Null: the mark cannot be read, which is not the same as none."""

    name: str
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class ResponsibilityChart:
    """A chart. It is complete when every mark can be read and each activity has one board that is accountable.

    `unread_marks` counts cells that cannot be read; `unanswered` are activities for which nobody is known to answer.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    source: str
    columns: tuple[ChartColumn, ...]
    activities: tuple[ChartActivity, ...]
    complete: bool = False
    unread_marks: int = 0
    unanswered: tuple[str, ...] = ()
    version: int = 1


def columns_of(
    heads: Sequence[tuple[str, UUID | None]], boards: Mapping[UUID, Board]
) -> tuple[ChartColumn, ...]:
    """The boards for which printed heads stand: the one named with it, or else found by name or short name.

    Look-alike letters are read as Latin ones, so that `нwв` finds the HWB.
    """
    named: dict[str, set[UUID]] = {}
    for board in boards.values():
        for name in (board.name, board.short_name):
            if name is not None:
                named.setdefault(fold_key(name), set()).add(board.id)
    require_boards([(f"/columns/{at}/board_id", board_id) for at, (_, board_id) in enumerate(heads)], boards)
    return tuple(
        ChartColumn(printed, board_id or _found(at, printed, named))
        for at, (printed, board_id) in enumerate(heads)
    )


def _found(at: int, printed: str, named: Mapping[str, set[UUID]]) -> UUID:
    found = named.get(fold_key(printed), set())
    if not found:
        raise CHART_COLUMN_UNKNOWN(f"/columns/{at}/printed", printed=printed)
    if len(found) > 1:
        raise CHART_COLUMN_AMBIGUOUS(f"/columns/{at}/printed", board_ids=sorted(found))
    return next(iter(found))


def draw_up(chart: ResponsibilityChart) -> ResponsibilityChart:
    """A chart, if its columns and rows fit together and nobody shares being accountable."""
    seen: set[UUID] = set()
    for at, column in enumerate(chart.columns):
        if column.board_id in seen:
            raise CHART_COLUMN_TWICE(f"/columns/{at}")
        seen.add(column.board_id)
    names: set[str] = set()
    for at, activity in enumerate(chart.activities):
        if len(activity.marks) != len(chart.columns):
            raise CHART_ROW_WIDTH(f"/activities/{at}/marks", columns=len(chart.columns))
        if fold_key(activity.name) in names:
            raise CHART_ACTIVITY_TWICE(f"/activities/{at}/name")
        names.add(fold_key(activity.name))
        if activity.marks.count(Mark.ACCOUNTABLE) > 1:
            raise CHART_TWO_ACCOUNTABLE(f"/activities/{at}/marks")
    return told(chart)


def mark(before: ResponsibilityChart, activities: tuple[ChartActivity, ...]) -> ResponsibilityChart:
    """The chart with its activities anew, once what was unreadable is known."""
    return draw_up(replace(before, activities=activities, version=before.version + 1))


def told(chart: ResponsibilityChart) -> ResponsibilityChart:
    """The chart with what can be said of it as a whole."""
    unread = sum(each.marks.count(None) for each in chart.activities)
    unanswered = tuple(each.name for each in chart.activities if Mark.ACCOUNTABLE not in each.marks)
    return replace(chart, unread_marks=unread, unanswered=unanswered, complete=not unread and not unanswered)
