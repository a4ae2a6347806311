"""Funding waterfalls: plan the sources of a pressure in order, approve a source, read what each gives."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.approve_source import approve_source
from services.budget.actions.plan_waterfall import plan_waterfall
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.funding_plan import MOST_SOURCES, FundingPlan, Need, PlannedSource, draw
from services.budget.rules.part_year import Convention
from services.budget.rules.waterfall import Stop
from services.budget.store import waterfalls
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, FinancialYearField, MoneyIn, MoneyOut, Out, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/waterfalls", tags=["waterfalls"])


class NeedIn(Body):
    """What has to be funded. A part-year cost names its first day and its convention."""

    annual_pence: Pence = Field(examples=[18160000], description="The cost of a full year, of all partners.")
    begins_on: Day | None = Field(default=None, examples=["2013-11-01"])
    convention: Convention | None = Field(default=None, description="How a part of a year is counted.")
    share_percent: int = Field(default=100, examples=[50], description="What part of the cost is yours.")


class SourceIn(Body):
    """A source of money, in its order."""

    name: Title = Field(examples=["General Fund Revenue Budget contingency"])
    available: MoneyIn
    needs_approval: bool = False


class WaterfallIn(Body):
    """How your organisation funds a pressure of a year: the next source only when the former is exhausted."""

    partnership_id: UUID
    title: Title = Field(examples=["Integrated commissioning unit"])
    financial_year: FinancialYearField
    need: NeedIn
    sources: list[SourceIn] = Field(max_length=MOST_SOURCES)

    def to_plan(self, waterfall_id: UUID, owner: UUID) -> FundingPlan:
        need = self.need
        return FundingPlan(
            waterfall_id,
            self.partnership_id,
            owner,
            self.title,
            self.financial_year.label,
            Need(need.annual_pence, need.begins_on, need.convention, need.share_percent),
            tuple(
                PlannedSource(
                    each.name, each.available.to_money(f"/sources/{n}/available"), each.needs_approval
                )
                for n, each in enumerate(self.sources)
            ),
        )


class SourceApprovalIn(Body):
    """Which source is approved, and by which decision: one on this plan, recorded with the subject `budget`."""

    source: Title = Field(examples=["General Fund Revenue Budget contingency"])
    decision_id: UUID


class NeedOut(Out):
    """What has to be funded."""

    annual_pence: int
    begins_on: Day | None
    convention: Convention | None
    share_percent: int


class SourceOut(Out):
    """A source in its order, and the decision that approved it."""

    name: str
    available: MoneyOut
    needs_approval: bool
    decision_id: UUID | None


class DrawOut(Out):
    """What one source was asked for, what it gave, what was left to find, and why the waterfall stopped at it."""

    source: str = Field(examples=["invoice"])
    asked_pence: int
    drawn_pence: int
    still_needed_pence: int
    stop: Stop | None


class FundingOut(Out):
    """The draws in order. Draws and `unmet_pence` add up to the need."""

    draws: list[DrawOut]
    unmet_pence: int


class WaterfallOut(Out):
    """A funding plan with what each source gives."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    financial_year: str
    need: NeedOut
    sources: list[SourceOut]
    need_pence: int
    funding: FundingOut
    version: int


class WaterfallsOut(Out):
    """A page of funding plans."""

    items: list[WaterfallOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="planWaterfall",
    status_code=201,
    response_model=WaterfallOut,
    responses=problems(409, 413, 415),
    summary="Plan how a pressure is funded",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: WaterfallIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("planWaterfall")],
) -> Response:
    """Keeps the plan and answers what each source gives. One of unknown size, or unapproved, stops the waterfall."""
    asked = body.to_plan(id, door.caller.organisation_id)
    return answer(await plan_waterfall(door.db, door.caller, sent, asked), f"/v1/waterfalls/{id}")


@router.post(
    "/{id}/source-approval",
    operation_id="approveSource",
    response_model=WaterfallOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Approve the use of a source",
)
async def approve(
    id: UUID,  # noqa: A002 the name in the address
    body: SourceApprovalIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("approveSource")],
) -> Response:
    """By a decision of your own body on this plan, once call-in is over and its conditions are met."""
    kept = await approve_source(door.db, door.caller, sent, id, expected, body.source, body.decision_id)
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getWaterfall",
    response_model=WaterfallOut,
    responses=problems(404),
    summary="Read a funding plan",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One plan, with what each source was asked for and gave."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, draw(await waterfalls.get(tx, id)))


@router.get(
    "",
    operation_id="listWaterfalls",
    response_model=WaterfallsOut,
    responses=problems(),
    summary="List the funding plans of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
) -> Response:
    """The plans that you may see, by title."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = [
            draw(each) for each in await waterfalls.page(tx, partnership_id, year, pages.limit, after, within)
        ]
    return listed(request, page_of(rows, pages.limit, lambda each: (each.title, each.id)))
