"""One line taking another's place: convert, split and merge lines, and read how a line came about."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.budget.actions.convert_line import convert_line
from services.budget.actions.merge_lines import MergerAsked, merge_lines
from services.budget.actions.split_line import split_line
from services.budget.api.agreement_bodies import Tag
from services.budget.api.line_bodies import LegalityIn, LegalityOut
from services.budget.rules.line import Arrangement
from services.budget.rules.line_move import ConversionAsked, LineMoveKind
from services.budget.rules.line_split import Piece
from services.budget.store import line_moves, lines
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.fields import Body, Code, Day, Out, Paragraph, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/lines", tags=["lines"])


class ConversionIn(Body):
    """How the line is held from a day on, why that is lawful, and by which edition of the partners' criteria."""

    id: UUID
    line_id: UUID = Field(description="The id of the line that takes this one's place.")
    name: Title = Field(examples=["Residential care"])
    arrangement: Arrangement
    pool_id: UUID | None = None
    converted_on: Day = Field(examples=["2015-04-01"])
    legality: LegalityIn
    criteria_version: Code = Field(examples=["2016-10"])
    reason: Paragraph = Field(examples=["The agreement has commenced."])

    def to_asked(self) -> ConversionAsked:
        return ConversionAsked(
            self.id,
            self.line_id,
            self.name,
            self.arrangement,
            self.pool_id,
            self.converted_on,
            self.legality.to_legality(),
            self.criteria_version,
            self.reason,
        )


class SplitPartIn(Body):
    """A part of the line: its own id and name, and what of the approved budget it takes."""

    line_id: UUID
    name: Title = Field(examples=["Residential care, older people"])
    budget_pence: Pence = Field(examples=[45000000])
    tags: list[Tag] | None = Field(default=None, max_length=50, description="The line's own where left out.")


class SplitIn(Body):
    """The parts into which the line is taken apart. They come to its approved budget, to the penny."""

    id: UUID
    split_on: Day = Field(examples=["2014-04-01"])
    reason: Paragraph = Field(examples=["Disaggregation of existing resources"])
    parts: list[SplitPartIn] = Field(max_length=100)


class MergedLineIn(Body):
    """Another line that goes into the merger, and the version of it that you read."""

    line_id: UUID
    version: int = Field(ge=1, strict=True, examples=[1])


class MergerIn(Body):
    """Which lines become one with this one, and what that one is called."""

    id: UUID
    lines: list[MergedLineIn] = Field(max_length=100, description="The other lines.")
    line_id: UUID = Field(description="The id of the line that takes their place.")
    name: Title = Field(examples=["Residential care"])
    merged_on: Day = Field(examples=["2014-04-01"])
    reason: Paragraph = Field(examples=["One service, one line"])


class LineMoveOut(Out):
    """A move of lines, with its proof: what they held before and hold after, null where that is not known."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    kind: LineMoveKind
    effective_on: Day
    reason: str = Field(examples=["One service became two"])
    before_pence: int | None
    after_pence: int | None
    from_line_ids: list[UUID]
    to_line_ids: list[UUID]
    criteria_version: str | None
    legality: LegalityOut | None
    recorded_at: datetime


class LineMovesOut(Out):
    """A page of the moves that made or ended a line."""

    items: list[LineMoveOut]
    next: str | None


@router.post(
    "/{id}/conversion",
    operation_id="convertLine",
    status_code=201,
    response_model=LineMoveOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Convert a line to another arrangement",
)
async def convert(
    id: UUID,  # noqa: A002 the name in the address
    body: ConversionIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("convertLine")],
) -> Response:
    """A new line takes this one's place from that day; this one stays as a record and is in no total with it.

    What was posted to a shadow line from that day on is its record. A line to which anything else was posted
    is not converted: move what is left of its budget by virement.
    """
    return answer(await convert_line(door.db, door.caller, sent, id, expected, body.to_asked()))


@router.post(
    "/{id}/split",
    operation_id="splitLine",
    status_code=201,
    response_model=LineMoveOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Split a line",
)
async def split(
    id: UUID,  # noqa: A002 the name in the address
    body: SplitIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("splitLine")],
) -> Response:
    """Takes the line apart before anything is posted to it. The parts come to its approved budget."""
    pieces = [
        Piece(each.line_id, each.name, each.budget_pence, None if each.tags is None else tuple(each.tags))
        for each in body.parts
    ]
    return answer(
        await split_line(
            door.db, door.caller, sent, id, expected, body.id, body.split_on, body.reason, pieces
        )
    )


@router.post(
    "/{id}/merger",
    operation_id="mergeLines",
    status_code=201,
    response_model=LineMoveOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Merge lines into one",
)
async def merge(
    id: UUID,  # noqa: A002 the name in the address
    body: MergerIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("mergeLines")],
) -> Response:
    """Makes one line of several of one kind, before anything is posted to them."""
    others = {each.line_id: each.version for each in body.lines}
    asked = MergerAsked(body.id, others, body.line_id, body.name, body.merged_on, body.reason)
    return answer(await merge_lines(door.db, door.caller, sent, id, expected, asked))


@router.get(
    "/{id}/moves",
    operation_id="listLineMoves",
    response_model=LineMovesOut,
    responses=problems(404),
    summary="List the moves of a line",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """How the line came about and what became of it: the conversions, splits and mergers it was in."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller) as tx:
        await lines.get(tx, id)
        rows = await line_moves.page(tx, id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
