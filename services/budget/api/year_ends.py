"""Year-ends of pooled funds: propose from the closed books, post into the next year, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.post_year_end import post_year_end
from services.budget.actions.propose_year_end import propose_year_end
from services.budget.api.agreement_bodies import Tag
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.carry_forward import Treatment
from services.budget.rules.section_75 import BodyKind
from services.budget.rules.year_end import CarryAsked, ShareAsked, YearEndState
from services.budget.store import year_ends
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, FinancialYearField, Out, Paragraph, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/year-ends", tags=["periods"])

_ID = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"


class YearEndIn(Body):
    """Which balance to share: what a pooled fund's fund account held when the year ended."""

    account_id: UUID = Field(examples=[_ID])
    financial_year: FinancialYearField


class ShareIn(Body):
    """What becomes of one partner's share from one source, and the reserve account that takes it."""

    organisation_id: UUID = Field(examples=[_ID])
    funding_source: Tag = Field(examples=["core_budget"])
    treatment: Treatment = Field(examples=["reserve"])
    account_id: UUID = Field(examples=["1c9b7b63-7f9d-4c6f-8b4a-1e7d2a2d8b21"])
    agreed_in: Title | None = Field(
        default=None,
        description="The agreement or grant condition that allows it, where the rule asks for one.",
        examples=["Finance and Assurance Review Group, 14 April 2016, item 5"],
    )


class YearEndPostingIn(Body):
    """How to carry the balance into the next year."""

    journal_id: UUID = Field(examples=[_ID])
    narrative: Paragraph = Field(examples=["Balance of 2015/16 carried forward"])
    shares: list[ShareIn] = Field(min_length=1, max_length=200)

    def to_asked(self) -> CarryAsked:
        return CarryAsked(
            self.journal_id,
            self.narrative,
            tuple(ShareAsked(**each.model_dump()) for each in self.shares),
        )


class ShareOut(Out):
    """One partner's share from one source, what its rule allows, and what becomes of it. Negative is a deficit."""

    organisation_id: UUID
    body_kind: BodyKind
    funding_source: str
    contributed_pence: int
    amount_pence: int
    treatments: list[Treatment] = Field(
        description="What the rule allows; the first unless the partners say."
    )
    treatment: Treatment
    prepayment: bool = Field(description="An annual allocation that stays in the pool beyond its year.")
    duty: str = Field(examples=["An NHS body keeps its resource within the year."])
    agreed_in: str | None
    account_id: UUID | None


class YearEndOut(Out):
    """A pooled fund's balance at the end of a year, by partner and funding source."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    account_id: UUID
    financial_year: str
    balance_pence: int
    shares: list[ShareOut]
    state: YearEndState
    journal_id: UUID | None
    version: int


class YearEndsOut(Out):
    """A page of year-ends."""

    items: list[YearEndOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="proposeYearEnd",
    status_code=201,
    response_model=YearEndOut,
    responses=problems(409, 413, 415),
    summary="Propose a year-end",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: YearEndIn,
    door: Annotated[Door, may("budget:close")],
    sent: Annotated[Sent, put_once("proposeYearEnd")],
) -> Response:
    """Shares the balance over partners and funding sources, and says what the rule of each allows. Moves nothing."""
    kept = await propose_year_end(door.db, door.caller, sent, id, body.account_id, body.financial_year.label)
    return answer(kept, f"/v1/year-ends/{id}")


@router.post(
    "/{id}/posting",
    operation_id="postYearEnd",
    response_model=YearEndOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Post a year-end",
)
async def post(
    id: UUID,  # noqa: A002 the name in the address
    body: YearEndPostingIn,
    door: Annotated[Door, may("budget:close")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("postYearEnd")],
) -> Response:
    """Carries the balance into the next year by one journal of 1 April, to the penny and once."""
    return answer(await post_year_end(door.db, door.caller, sent, id, expected, body.to_asked()))


@router.get(
    "/{id}",
    operation_id="getYearEnd",
    response_model=YearEndOut,
    responses=problems(404),
    summary="Read a year-end",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One year-end as it was proposed, or as it was posted."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await year_ends.get(tx, id))


@router.get(
    "",
    operation_id="listYearEnds",
    response_model=YearEndsOut,
    responses=problems(),
    summary="List the year-ends of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    pool_id: Annotated[UUID | None, Query(description="Only of this pool.")] = None,
) -> Response:
    """The year-ends that you may see, by year."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await year_ends.page(tx, partnership_id, year, pool_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
