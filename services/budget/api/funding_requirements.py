"""A year's funding: what it is held against, how it stands, and which contributions are due and overdue."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.budget.actions.set_funding_requirement import set_funding_requirement
from services.budget.api.agreement_bodies import Tag
from services.budget.api.years import YearQuery, label_of, year_of
from services.budget.rules.as_recorded import require_settled
from services.budget.rules.contribution_standing import ContributionStanding, stand
from services.budget.rules.funding_requirement import (
    FundingAsked,
    FundingRequirement,
    FundingTests,
    RequirementKind,
    by_source,
    hold_against,
)
from services.budget.rules.position import ask
from services.budget.store import body_kinds, contributions, funding_requirements, pools
from services.budget.store.horizon import settled_until
from shared.db import Transaction
from shared.errors import NOT_FOUND
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, FinancialYearField, Instant, Out, Pence, Title, TotalOut
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1", tags=["contributions"])


class FundingRequirementIn(Body):
    """A national minimum, a control total over lines of a tag, or an item that a pool must hold lines of."""

    partnership_id: UUID
    pool_id: UUID | None = Field(default=None, description="Of one pool; else of the whole partnership.")
    financial_year: FinancialYearField
    kind: RequirementKind
    name: Title = Field(examples=["Integrated commissioning unit"])
    amount_pence: Pence | None = Field(default=None, examples=[360000000])
    tag: Tag | None = Field(default=None, examples=["commissioning_unit"])
    source: Title = Field(examples=["Cabinet, 15 October 2013"])
    replaces_requirement_id: UUID | None = None


class FundingRequirementOut(Out):
    """What a year's money is held against."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    financial_year: str
    kind: RequirementKind
    name: str
    amount_pence: int | None
    tag: str | None
    source: str
    replaces_requirement_id: UUID | None
    version: int


class FundingRequirementsOut(Out):
    """A page of requirements, replaced ones too."""

    items: list[FundingRequirementOut]
    next: str | None


class FundingTestOut(Out):
    """How a requirement stands. `met` is null while what is unknown could still decide it."""

    requirement: FundingRequirementOut
    figure: TotalOut
    met: bool | None
    out_by_pence: int | None


class SourceTotalOut(Out):
    """What is promised from one source."""

    funding_source: str = Field(examples=["core_budget"])
    contributions: TotalOut


class FundingTestsOut(Out):
    """Every requirement of a year as it stands at a day, and the contributions by source."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: Day
    as_recorded: datetime | None
    tests: list[FundingTestOut]
    by_source: list[SourceTotalOut]


class InstalmentStandingOut(Out):
    """One instalment: how much of it has come in, and whether any of it is overdue; null where that is not known."""

    contribution_id: UUID
    number: int
    due_on: Day
    amount_pence: int | None
    received_pence: int | None
    overdue: bool | None


class PartnerStandingOut(Out):
    """One partner in one pool: promised for the year, due by the day, received, and what is outstanding."""

    organisation_id: UUID
    pool_id: UUID
    promised: TotalOut
    due: TotalOut
    received_pence: int
    outstanding_pence: int | None
    overdue: bool | None
    instalments: list[InstalmentStandingOut]
    received_in_kind_pence: int = Field(description="Given in kind. It pays no money that is due.")
    settled_pence: int = Field(
        description="What settlements took from the partner; negative where they gave back. No part of what was received."
    )


class ContributionStandingOut(Out):
    """Where the contributions of a year stand at a day."""

    partnership_id: UUID
    financial_year: str
    as_at: Day
    as_recorded: datetime | None
    partners: list[PartnerStandingOut]


async def _asked(
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery,
    pool_id: Annotated[UUID | None, Query(description="Only of this pool.")] = None,
    as_at: Annotated[Day | None, Query(description="As at this day; else the year's last.")] = None,
    as_recorded: Annotated[Instant | None, Query(description="As it was on record at this instant.")] = None,
) -> FundingAsked:
    position = ask(partnership_id, pool_id, year_of(financial_year), as_at, as_recorded)
    return FundingAsked(partnership_id, pool_id, position.financial_year, position.as_at, as_recorded)


Asked = Annotated[FundingAsked, Depends(_asked)]


@router.put(
    "/funding-requirements/{id}",
    operation_id="setFundingRequirement",
    status_code=201,
    response_model=FundingRequirementOut,
    responses=problems(409, 413, 415),
    summary="Lay down what a year's money is held against",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: FundingRequirementIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("setFundingRequirement")],
) -> Response:
    """Keeps a minimum, a control total or an item of the mandatory minimum, with where it is laid down."""
    values = {**body.model_dump(), "financial_year": body.financial_year.label}
    asked = FundingRequirement(id=id, owner_organisation_id=door.caller.organisation_id, **values)
    kept = await set_funding_requirement(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/funding-requirements/{id}")


@router.get(
    "/funding-requirements/{id}",
    operation_id="getFundingRequirement",
    response_model=FundingRequirementOut,
    responses=problems(404),
    summary="Read a funding requirement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One requirement. How it stands is among the funding tests."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await funding_requirements.get(tx, id))


@router.get(
    "/funding-requirements",
    operation_id="listFundingRequirements",
    response_model=FundingRequirementsOut,
    responses=problems(),
    summary="List the funding requirements of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
) -> Response:
    """The requirements by year, replaced ones too."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await funding_requirements.page(tx, partnership_id, year, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))


@router.get(
    "/funding-tests",
    operation_id="getFundingTests",
    response_model=FundingTestsOut,
    responses=problems(404, 409),
    summary="Hold a year's money against its requirements",
)
async def tests(request: Request, door: Annotated[Door, may("budget:read")], asked: Asked) -> Response:
    """The Better Care Fund's minimums, control totals and what every pool must hold, each met, not met or not known."""
    async with door.db.begin(door.caller, snapshot=asked.as_recorded is None) as tx:
        await _open(tx, asked)
        requirements = await funding_requirements.standing(tx, asked)
        lines = await funding_requirements.counted(tx, asked)
        promises = await contributions.standing(tx, asked)
        unseen = await funding_requirements.unseen(tx, asked)
        bodies = await body_kinds.nhs_bodies(tx, asked.partnership_id)
    return shown(
        request,
        FundingTests(
            asked.partnership_id,
            asked.pool_id,
            asked.financial_year,
            asked.as_at,
            asked.as_recorded,
            tuple(hold_against(each, lines, promises, bodies, unseen) for each in requirements),
            by_source(promises),
        ),
    )


@router.get(
    "/contribution-standings",
    operation_id="getContributionStandings",
    response_model=ContributionStandingOut,
    responses=problems(404, 409),
    summary="Read which contributions are due, received and overdue",
)
async def standings(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    asked: Asked,
    overdue: Annotated[bool | None, Query(description="Only partners of whom something is overdue.")] = None,
) -> Response:
    """By partner and pool, from the ledger: money pays the instalment of money that fell due first."""
    async with door.db.begin(door.caller, snapshot=asked.as_recorded is None) as tx:
        await _open(tx, asked)
        promises = await contributions.standing(tx, asked)
        received = await funding_requirements.received(tx, asked)
    partners = stand(promises, received, asked.as_at)
    if overdue is not None:
        partners = tuple(each for each in partners if each.overdue is overdue)
    return shown(
        request,
        ContributionStanding(
            asked.partnership_id, asked.financial_year, asked.as_at, asked.as_recorded, partners
        ),
    )


async def _open(tx: Transaction, asked: FundingAsked) -> None:
    """Nothing is there for who is neither a partner nor an auditor; and only the settled past is asked for."""
    audited = any(each.partnership_id == asked.partnership_id for each in tx.caller.audits)
    if not tx.caller.holds(asked.partnership_id, "commissioner", "host") and not audited:
        raise NOT_FOUND()
    if (
        asked.pool_id is not None
        and (await pools.get(tx, asked.pool_id)).partnership_id != asked.partnership_id
    ):
        raise NOT_FOUND()
    if asked.as_recorded is not None:
        require_settled(asked.as_recorded, await settled_until(tx))
