"""One line taking the place of another on a day, and never both in one total; a line converted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.headroom import LimitBasis
from services.budget.rules.line import (
    Arrangement,
    Legality,
    Line,
    PoolStanding,
    require_arrangement,
)
from services.budget.rules.line_budget import require_living
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE, Money

SAME_ARRANGEMENT = reason("line_move_same_arrangement", Kind.CONFLICT, "The line is held that way already.")
NOT_TO_SHADOW = reason(
    "line_move_not_to_shadow",
    Kind.CONFLICT,
    "Pooled money does not turn into shadow. Convert the line to aligned if its money leaves the pool.",
)
BEFORE_COMMENCEMENT = reason(
    "line_move_before_commencement",
    Kind.CONFLICT,
    "The pool held no real money on that day. Convert the line from the day of commencement on.",
)
OUTSIDE_YEAR = reason(
    "line_move_outside_year", Kind.INVALID, "A line is converted, split or merged on a day of its own year."
)
HAS_POSTINGS = reason(
    "line_move_has_postings",
    Kind.CONFLICT,
    "Something was posted to the line that would fall out of the totals. Move what is left of its budget to another"
    " line by virement instead.",
)
REVISED_LATER = reason(
    "line_move_revised_later",
    Kind.CONFLICT,
    "A revised budget of the line takes effect after that day. Choose a day from then on.",
)
NOT_WHOLE = reason(
    "line_move_not_whole",
    Kind.CONFLICT,
    "The lines that are made hold what the lines before held, to the penny.",
)


class LineMoveKind(StrEnum):
    """How one line takes the place of another."""

    CONVERSION = "conversion"
    SPLIT = "split"
    MERGER = "merger"


@dataclass(frozen=True, slots=True)
class LineMove:
    """A move, with its proof: what the lines held before, what they hold after, and that it is the same.

    Both are None where the budget is not known. From `effective_on` the new lines count instead of the old.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    kind: LineMoveKind
    effective_on: date
    reason: str
    before_pence: int | None
    after_pence: int | None
    from_line_ids: tuple[UUID, ...]
    to_line_ids: tuple[UUID, ...]
    criteria_version: str | None = None
    legality: Legality | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """A line before the move: what is approved for it, when that last changed, and what was posted to it.

    `posted` is whether anything was posted at all, `posted_earlier` whether anything dated before the move. The limit
    is the one on what may be committed that stands for it.
    """

    line: Line
    approved: Money
    revised_from: date | None
    posted: bool
    posted_earlier: bool
    limit_basis: LimitBasis = LimitBasis.NONE
    limit_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The move, the lines that ended by it, and the lines that it made."""

    move: LineMove
    ended: tuple[Line, ...]
    made: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ConversionAsked:
    """Into which arrangement a line goes, from when, why that is lawful, and by which criteria (S5-B03)."""

    move_id: UUID
    line_id: UUID
    name: str
    arrangement: Arrangement
    pool_id: UUID | None
    converted_on: date
    legality: Legality
    criteria_version: str
    reason: str


def convert(before: Before, asked: ConversionAsked, pool: PoolStanding | None) -> Moved:
    """The line in its new arrangement (S1-B04, S5-B01). The old one stays as a record.

    What was posted to a shadow line from that day on is its record and no money. Anything posted earlier, or
    to any other line, would be in no total, and is refused.
    """
    line = before.line
    require_living(line)
    if asked.arrangement is line.arrangement:
        raise SAME_ARRANGEMENT("/arrangement")
    if line.arrangement is Arrangement.POOLED and asked.arrangement is Arrangement.SHADOW:
        raise NOT_TO_SHADOW("/arrangement")
    shadow = line.arrangement is Arrangement.SHADOW
    if before.posted_earlier or (before.posted and not shadow):
        raise HAS_POSTINGS()
    require_day(before, asked.converted_on, "/converted_on")
    made = replace(
        following(before, asked.line_id, asked.name, before.approved, asked.move_id, asked.converted_on),
        arrangement=asked.arrangement,
        pool_id=asked.pool_id,
        legality=asked.legality,
        criteria_version=asked.criteria_version,
    )
    require_arrangement(made, pool)
    commenced = None if pool is None else pool.commenced_on
    real = asked.arrangement is Arrangement.POOLED
    if real and (commenced is None or asked.converted_on < commenced):
        raise BEFORE_COMMENCEMENT("/converted_on", commenced_on=commenced)
    move = move_of(
        LineMoveKind.CONVERSION, asked.move_id, asked.converted_on, asked.reason, (before,), (made,)
    )
    move = replace(move, criteria_version=asked.criteria_version, legality=asked.legality)
    return Moved(move, (ended_by(line, move),), (made,))


def following(before: Before, line_id: UUID, name: str, budget: Money, move_id: UUID, day: date) -> Line:
    """The line that comes after, with all that it takes over."""
    return replace(
        before.line,
        id=line_id,
        name=name,
        budget=budget,
        counts_from=day,
        made_by_move_id=move_id,
        version=1,
    )


def ended_by(line: Line, move: LineMove) -> Line:
    """The line as the move leaves it: a record."""
    return replace(line, ended_on=move.effective_on, ended_by_move_id=move.id, version=line.version + 1)


def require_day(before: Before, day: date, pointer: str) -> None:
    """Refuse a day on which the line does not count, or after which its budget still changes."""
    year = read_financial_year(before.line.financial_year)
    if day not in year or (before.line.counts_from is not None and day < before.line.counts_from):
        first = max(year.first_day, before.line.counts_from or year.first_day)
        raise OUTSIDE_YEAR(pointer, first_day=first, last_day=year.last_day)
    if before.revised_from is not None and before.revised_from > day:
        raise REVISED_LATER(pointer, revised_from=before.revised_from)


def together(amounts: Sequence[Money]) -> Money:
    """Amounts together; one that is unknown leaves them unknown, and the least certain says how certain they are."""
    unknown = next((each for each in amounts if not each.known), None)
    if unknown is not None:
        return unknown
    whole = sum(each.amount_pence or 0 for each in amounts)
    if abs(whole) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/lines", largest_pence=LARGEST_PENCE)
    statuses = {each.status for each in amounts}
    return (
        Money(whole, max(statuses, key=_DOUBT.index))
        if len(statuses) > 1
        else Money(whole, amounts[0].status)
    )


_DOUBT = ["actual", "provisional", "estimate"]


def move_of(
    kind: LineMoveKind, id_: UUID, day: date, why: str, before: Sequence[Before], made: Sequence[Line]
) -> LineMove:
    """The move with its proof."""
    first = made[0]
    held = together([each.approved for each in before]).amount_pence
    holds = together([each.budget for each in made]).amount_pence
    return LineMove(
        id_,
        first.partnership_id,
        first.owner_organisation_id,
        first.arrangement,
        first.financial_year,
        kind,
        day,
        why,
        held,
        holds,
        tuple(each.line.id for each in before),
        tuple(each.id for each in made),
    )
