"""Contributions: promise one's own to a pool for a year, replace it, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.promise_contribution import promise_contribution
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.contribution import Contribution, Form
from services.budget.rules.funding_source import CORE_BUDGET, read_funding_source
from services.budget.rules.line import Arrangement
from services.budget.store import contributions
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, FinancialYearField, MoneyIn, MoneyOut, Out, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/contributions", tags=["contributions"])


class InstalmentIn(Body):
    """A part of the contribution: its day and, unless the parts are equal or not known, its amount."""

    due_on: Day = Field(examples=["2015-04-01"])
    amount_pence: Pence | None = Field(default=None, examples=[25000000])


class ContributionIn(Body):
    """What your organisation puts into a pool for a year; `tbc` where that is still to be confirmed."""

    partnership_id: UUID
    pool_id: UUID
    financial_year: FinancialYearField
    amount: MoneyIn
    form: Form = Form.CASH
    funding_source: Title = Field(
        default=CORE_BUDGET, description="A code, or a name known for one.", examples=["bcf"]
    )
    replaces_contribution_id: UUID | None = None
    effective_from: Day | None = Field(
        default=None,
        description="The day from which it varies the one that it replaces; else from the beginning.",
    )
    instalments: list[InstalmentIn] | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="Four equal ones at the start of each quarter where left out. Without amounts they are equal.",
    )

    def to_contribution(self, contribution_id: UUID, owner: UUID) -> Contribution:
        return Contribution(
            id=contribution_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            pool_id=self.pool_id,
            arrangement=Arrangement.SHADOW,  # until the pool says otherwise
            financial_year=self.financial_year.label,
            amount=self.amount.to_money("/amount"),
            form=self.form,
            funding_source=read_funding_source(self.funding_source),
            replaces_contribution_id=self.replaces_contribution_id,
            effective_from=self.effective_from,
        )

    def to_instalments(self) -> list[tuple[date, int | None]] | None:
        parts = self.instalments
        return None if parts is None else [(each.due_on, each.amount_pence) for each in parts]


class InstalmentOut(Out):
    """A part of a contribution; its amount is null while the contribution is not known."""

    number: int
    due_on: Day
    amount_pence: int | None


class ContributionOut(Out):
    """A partner's contribution to a pool for a year."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    arrangement: Arrangement
    financial_year: str
    amount: MoneyOut
    form: Form
    funding_source: str
    replaces_contribution_id: UUID | None
    effective_from: Day | None
    succession_id: UUID | None = Field(description="The succession by which it came, if one did.")
    instalments: list[InstalmentOut]
    version: int


class ContributionsOut(Out):
    """A page of contributions."""

    items: list[ContributionOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="promiseContribution",
    status_code=201,
    response_model=ContributionOut,
    responses=problems(409, 413, 415),
    summary="Promise a contribution",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ContributionIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("promiseContribution")],
) -> Response:
    """Promises your organisation's contribution. A later promise names the one that it replaces; both stay."""
    asked = body.to_contribution(id, door.caller.organisation_id)
    parts = body.to_instalments()
    kept = await promise_contribution(door.db, door.caller, sent, asked, parts)
    return answer(kept, f"/v1/contributions/{id}")


@router.get(
    "/{id}",
    operation_id="getContribution",
    response_model=ContributionOut,
    responses=problems(404),
    summary="Read a contribution",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One promise, as it was made."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await contributions.get(tx, id))


@router.get(
    "",
    operation_id="listContributions",
    response_model=ContributionsOut,
    responses=problems(),
    summary="List the contributions of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    pool_id: Annotated[UUID | None, Query(description="Only contributions to this pool.")] = None,
) -> Response:
    """The contributions that you may see, replaced ones too, by year."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await contributions.page(tx, partnership_id, year, pool_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
