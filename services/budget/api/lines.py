"""Budget lines: open one's own for a year, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.open_line import open_line
from services.budget.api.agreement_bodies import Tag
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.category import Category, read_category
from services.budget.rules.line import Arrangement, LegalBasis, Legality, Line
from services.budget.store import lines
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, FinancialYearField, MoneyIn, MoneyOut, Out, Paragraph
from shared.web.fields import Line as LineOfText
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/lines", tags=["lines"])


class LegalityIn(Body):
    """Why the line is held the way it is, and when that was tested."""

    basis: LegalBasis
    assessed_on: Day
    note: Paragraph | None = None


class LineIn(Body):
    """A line of your own money for one year. An aligned line names no pool; the others stand in one."""

    partnership_id: UUID
    pool_id: UUID | None = None
    name: LineOfText = Field(examples=["Residential care"])
    category: LineOfText = Field(
        description="A category, or a name known for one.", examples=["complex_bed_based"]
    )
    arrangement: Arrangement
    financial_year: FinancialYearField
    budget: MoneyIn
    legality: LegalityIn
    tags: list[Tag] = Field(default_factory=list, max_length=50)
    functions: list[Tag] = Field(default_factory=list, max_length=50)

    def to_line(self, line_id: UUID, owner: UUID) -> Line:
        return Line(
            id=line_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            pool_id=self.pool_id,
            name=self.name,
            category=read_category(self.category),
            arrangement=self.arrangement,
            financial_year=self.financial_year.label,
            budget=self.budget.to_money("/budget"),
            legality=Legality(self.legality.basis, self.legality.assessed_on, self.legality.note),
            tags=tuple(self.tags),
            functions=tuple(self.functions),
        )


class LegalityOut(Out):
    """Why the line is held the way it is, and when that was tested."""

    basis: LegalBasis
    assessed_on: Day
    note: str | None


class LineOut(Out):
    """A budget line of one year. Its owner is the organisation whose money it is."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str
    category: Category
    arrangement: Arrangement
    financial_year: str
    budget: MoneyOut
    legality: LegalityOut
    tags: list[str]
    functions: list[str]
    version: int


class LinesOut(Out):
    """A page of lines."""

    items: list[LineOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="openLine",
    status_code=201,
    response_model=LineOut,
    responses=problems(409, 413, 415),
    summary="Open a budget line",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: LineIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("openLine")],
) -> Response:
    """Opens a line of your organisation's money: pooled where that is lawful, aligned or shadow where not."""
    asked = body.to_line(id, door.caller.organisation_id)
    return answer(await open_line(door.db, door.caller, sent, asked), f"/v1/lines/{id}")


@router.get(
    "/{id}",
    operation_id="getLine",
    response_model=LineOut,
    responses=problems(404),
    summary="Read a budget line",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One line. What was spent on it is in the position."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await lines.get(tx, id))


@router.get(
    "",
    operation_id="listLines",
    response_model=LinesOut,
    responses=problems(),
    summary="List the budget lines of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    pool_id: Annotated[UUID | None, Query(description="Only lines of this pool.")] = None,
) -> Response:
    """The lines that you may see, by name."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await lines.page(
            tx, partnership_id, year, pool_id, pages.limit, after and (after[0], after[1])
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))
