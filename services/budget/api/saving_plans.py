"""Savings plans: record a programme's plan by year, read it, and roll its savings up against it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.plan_savings import plan_savings
from services.budget.rules.saving import PlannedYear
from services.budget.rules.saving_plan import SavingPlan, require_within, roll_up, view
from services.budget.rules.saving_terms import SavingType
from services.budget.store import saving_plans, savings
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, FinancialYearField, MoneyIn, MoneyOut, Out, Title, TotalOut
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/saving-plans", tags=["savings"])


class PlannedYearIn(Body):
    """A year of a plan and of one strand of it. A blank cell is `not_stated`, never nil."""

    financial_year: FinancialYearField
    plan: MoneyIn
    strand: MoneyIn


class SavingPlanIn(Body):
    """A programme's savings plan by year; `gap` is the deficit that it is to close."""

    partnership_id: UUID
    title: Title = Field(examples=["Three year balanced budget"])
    programme: Title = Field(examples=["Integrated commissioning"])
    years: list[PlannedYearIn] = Field(max_length=30)
    gap: MoneyIn | None = None

    def to_plan(self, plan_id: UUID, owner: UUID) -> SavingPlan:
        return SavingPlan(
            plan_id,
            self.partnership_id,
            owner,
            self.title,
            self.programme,
            tuple(
                PlannedYear(
                    each.financial_year.label,
                    each.plan.to_money(f"/years/{n}/plan"),
                    each.strand.to_money(f"/years/{n}/strand"),
                )
                for n, each in enumerate(self.years)
            ),
            None if self.gap is None else self.gap.to_money("/gap"),
        )


class PlannedYearOut(Out):
    """A year of a plan and of one strand of it."""

    financial_year: str
    plan: MoneyOut
    strand: MoneyOut


class SavingPlanOut(Out):
    """A plan with its totals. A total over a blank cell is incomplete and says which years are not stated."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    programme: str
    years: list[PlannedYearOut]
    gap: MoneyOut | None
    plan_known_pence: int | None
    plan_complete: bool
    strand_known_pence: int | None
    strand_complete: bool
    strand_not_stated_in: list[str] = Field(examples=[["2016/17"]])
    version: int


class SavingPlansOut(Out):
    """A page of savings plans."""

    items: list[SavingPlanOut]
    next: str | None


class AgainstPlanOut(Out):
    """Per cent of the plan, and what is left to find elsewhere; null where one of the two is not known."""

    lower_percent: str | None
    higher_percent: str | None
    most_to_find_pence: int | None
    least_to_find_pence: int | None


class TypeSumOut(Out):
    """What a year's benefits of one type come to. Only cashable ones count towards the plan."""

    type: SavingType
    lower: TotalOut
    higher: TotalOut


class ClaimOut(Out):
    """One benefit in a year and the lines that claim it. It counts once; where lines differ, the lowest counts."""

    benefit_id: str = Field(examples=["B12"])
    type: SavingType
    saving_ids: list[UUID]
    lower: TotalOut
    higher: TotalOut
    figures_differ: bool


class YearRollUpOut(Out):
    """A year of the plan beside the cashable savings claimed for it."""

    financial_year: str
    plan: MoneyOut
    strand: MoneyOut
    lower: TotalOut
    higher: TotalOut
    against_plan: AgainstPlanOut
    against_strand: AgainstPlanOut
    by_type: list[TypeSumOut]
    claims: list[ClaimOut]
    gap_left_lower_pence: int | None
    gap_left_higher_pence: int | None


class RollUpOut(Out):
    """The plan year by year beside its savings, each benefit counted once."""

    plan_id: UUID
    programme: str = Field(examples=["Integrated commissioning"])
    complete: bool
    missing_contributors: list[UUID]
    gap: MoneyOut | None
    years: list[YearRollUpOut]


@router.put(
    "/{id}",
    operation_id="planSavings",
    status_code=201,
    response_model=SavingPlanOut,
    responses=problems(409, 413, 415),
    summary="Record a savings plan",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: SavingPlanIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("planSavings")],
) -> Response:
    """Keeps a programme's plan by year. A strand is never above its plan; a blank cell stays not stated."""
    asked = body.to_plan(id, door.caller.organisation_id)
    return answer(await plan_savings(door.db, door.caller, sent, asked), f"/v1/saving-plans/{id}")


@router.get(
    "/{id}",
    operation_id="getSavingPlan",
    response_model=SavingPlanOut,
    responses=problems(404),
    summary="Read a savings plan",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One plan with its totals over the years."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, view(await saving_plans.get(tx, id)))


@router.get(
    "/{id}/roll-up",
    operation_id="rollUpSavings",
    response_model=RollUpOut,
    responses=problems(404, 409),
    summary="Roll a programme's savings up against its plan",
)
async def roll(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """Per year: the range, per cent of plan and strand, what is left to find, and each benefit once."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        plan = await saving_plans.get(tx, id)
        lines = require_within(await savings.of_programme(tx, plan.partnership_id, plan.programme))
    return shown(request, roll_up(plan, lines))


@router.get(
    "",
    operation_id="listSavingPlans",
    response_model=SavingPlansOut,
    responses=problems(),
    summary="List the savings plans of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The plans that you may see, by title."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = [
            view(each) for each in await saving_plans.page(tx, partnership_id, pages.limit, after, within)
        ]
    return listed(request, page_of(rows, pages.limit, lambda each: (each.title, each.id)))
