"""Lines taken apart and put together, to the penny: several for one, or one for several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.budget.rules.line import Line, check_parts
from services.budget.rules.line_budget import require_living
from services.budget.rules.line_move import (
    HAS_POSTINGS,
    Before,
    LineMoveKind,
    Moved,
    ended_by,
    following,
    move_of,
    require_day,
    together,
)
from shared.errors import Kind, reason
from shared.money import Money

PART_UNKNOWN = reason(
    "line_move_amount_unknown",
    Kind.CONFLICT,
    "A line whose budget is not known is not taken apart. Record its budget first.",
)
TOO_FEW_PARTS = reason("line_move_too_few_parts", Kind.INVALID, "A line is split into at least two parts.")
PART_NEGATIVE = reason(
    "line_move_part_negative", Kind.INVALID, "A part is more than nothing. Leave out what gets none."
)
TOO_FEW_LINES = reason(
    "line_move_too_few_lines", Kind.INVALID, "Name each line that is merged once, two at least."
)
UNLIKE_LINES = reason(
    "line_move_unlike_lines",
    Kind.CONFLICT,
    "Only lines of one owner, year, pool, category, arrangement and kind of money are merged.",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line that is split: its own id and name, and what of the budget it takes."""

    line_id: UUID
    name: str
    budget_pence: int
    tags: tuple[str, ...] | None = None


def split(before: Before, move_id: UUID, split_on: date, why: str, pieces: Sequence[Piece]) -> Moved:
    """The parts of a line, which come to the line (S5-B14, S1-B13). Only before anything is posted to it."""
    require_living(before.line)
    if len(pieces) < 2:
        raise TOO_FEW_PARTS("/parts")
    if before.approved.amount_pence is None:
        raise PART_UNKNOWN()
    if before.posted:
        raise HAS_POSTINGS()
    require_day(before, split_on, "/split_on")
    for number, piece in enumerate(pieces):
        if piece.budget_pence <= 0:
            raise PART_NEGATIVE(f"/parts/{number}/budget_pence")
    check_parts(before.approved.amount_pence, [piece.budget_pence for piece in pieces])
    made = tuple(_part(before, piece, move_id, split_on) for piece in pieces)
    move = move_of(LineMoveKind.SPLIT, move_id, split_on, why, (before,), made)
    return Moved(move, (ended_by(before.line, move),), made)


def merge(
    lines: Sequence[Before], move_id: UUID, merged_on: date, why: str, line_id: UUID, name: str
) -> Moved:
    """Several lines as one that holds what they held. One unknown budget leaves the whole unknown."""
    if len(lines) < 2 or len({each.line.id for each in lines}) != len(lines):
        raise TOO_FEW_LINES("/lines")
    for before in lines:
        require_living(before.line)
        if _likeness(before.line) != _likeness(lines[0].line):
            raise UNLIKE_LINES("/lines", line_id=before.line.id)
        if before.posted:
            raise HAS_POSTINGS("/lines", line_id=before.line.id)
        require_day(before, merged_on, "/merged_on")
    whole = together([before.approved for before in lines])
    first = lines[0]
    made = replace(
        following(first, line_id, name, whole, move_id, merged_on),
        tags=tuple(sorted({tag for before in lines for tag in before.line.tags})),
        functions=tuple(sorted({each for before in lines for each in before.line.functions})),
        waits_for=tuple(sorted({code for before in lines for code in before.line.waits_for})),
    )
    move = move_of(LineMoveKind.MERGER, move_id, merged_on, why, lines, (made,))
    return Moved(move, tuple(ended_by(before.line, move) for before in lines), (made,))


def _part(before: Before, piece: Piece, move_id: UUID, day: date) -> Line:
    status, qualifier = before.approved.status, before.approved.qualifier
    budget = Money(piece.budget_pence, status, qualifier)
    made = following(before, piece.line_id, piece.name, budget, move_id, day)
    return made if piece.tags is None else replace(made, tags=piece.tags)


def _likeness(line: Line) -> tuple[object, ...]:
    return (
        line.owner_organisation_id,
        line.partnership_id,
        line.financial_year,
        line.pool_id,
        line.category,
        line.arrangement,
        line.nature,
        line.legality.basis,
    )
