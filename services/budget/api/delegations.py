"""Delegations: how much each body or officer may decide, and who must decide a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from services.budget.actions.end_delegation_limit import end_delegation_limit
from services.budget.actions.set_delegation_limit import set_delegation_limit
from services.budget.api.agreement_bodies import Tag
from services.budget.rules.body_type import BodyType
from services.budget.rules.delegation_limit import (
    Case,
    CountedOver,
    Limit,
    LimitSubject,
    Nature,
    Permanence,
    who_decides,
)
from services.budget.store import delegation_limits
from services.budget.store.visibility import require_commissioner
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, Measure, Out, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/delegations", tags=["delegations"])
_PARTNERSHIP = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"


class DelegationLimitIn(Body):
    """Up to how much one body or officer of your organisation may decide. No amount and no percentage: any amount."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": _PARTNERSHIP,
                    "subject": "virement",
                    "decider": "Chief officer with the section 151 officer",
                    "decider_type": "officer",
                    "amount_limit_pence": 5000000,
                    "percent_limit": "10",
                    "nature": "revenue",
                    "permanence": "one_off",
                    "budget_type": "placements",
                    "counted_over": "financial_year",
                    "in_force_from": "2014-04-01",
                    "source": "Financial regulations, section 4",
                }
            ]
        }
    )

    partnership_id: UUID
    subject: LimitSubject
    decider: Title
    decider_type: BodyType
    amount_limit_pence: Annotated[Pence, Field(ge=0)] | None = None
    percent_limit: Annotated[Measure, Field(ge=0)] | None = Field(
        default=None, description="Of the adjusted budget of the line concerned."
    )
    nature: Nature | None = Field(default=None, description="Null: revenue and capital.")
    permanence: Permanence | None = Field(default=None, description="Null: recurrent and one-off.")
    budget_type: Tag | None = Field(
        default=None, description="Only for this kind of budget; it then stands before the general limits."
    )
    counted_over: CountedOver = CountedOver.FINANCIAL_YEAR
    in_force_from: Day
    in_force_to: Day | None = None
    source: Title | None = None

    def to_limit(self, limit_id: UUID, owner: UUID) -> Limit:
        return Limit(id=limit_id, owner_organisation_id=owner, **dict(self))


class DelegationLimitEndIn(Body):
    """The last day on which a limit stands."""

    in_force_to: Day = Field(examples=["2015-03-31"])


class DelegationLimitOut(Out):
    """A limit of an organisation's scheme of delegation."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    subject: LimitSubject
    decider: str = Field(examples=["pool_manager"])
    decider_type: BodyType
    amount_limit_pence: int | None
    percent_limit: str | None
    nature: Nature | None
    permanence: Permanence | None
    budget_type: str | None
    counted_over: CountedOver
    in_force_from: Day
    in_force_to: Day | None
    source: str | None
    version: int


class DelegationLimitsOut(Out):
    """A page of limits."""

    items: list[DelegationLimitOut]
    next: str | None


class DeciderOut(Out):
    """A body or officer that may decide, and what was held against its limit."""

    decider: str = Field(examples=["pool_manager"])
    decider_type: BodyType
    limit_id: UUID
    limit_pence: int | None
    counted_pence: int


class NeededOut(Out):
    """Whose decision an organisation's limits ask for: the lowest, and all that may take it."""

    organisation_id: UUID
    lowest: DeciderOut
    may_decide: list[DeciderOut]
    within_officer_limit: bool


class AllNeededOut(Out):
    """One for each organisation that has limits for the case."""

    items: list[NeededOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="setDelegationLimit",
    status_code=201,
    response_model=DelegationLimitOut,
    responses=problems(409, 413, 415),
    summary="Record a delegation limit",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: DelegationLimitIn,
    door: Annotated[Door, may("decision:write")],
    sent: Annotated[Sent, put_once("setDelegationLimit")],
) -> Response:
    """Records how much one body or officer of your organisation may decide. Your partners can read it."""
    asked = body.to_limit(id, door.caller.organisation_id)
    return answer(await set_delegation_limit(door.db, door.caller, sent, asked), f"/v1/delegations/{id}")


@router.post(
    "/{id}/end",
    operation_id="endDelegationLimit",
    response_model=DelegationLimitOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a delegation limit",
)
async def end(
    id: UUID,  # noqa: A002 the name in the address
    body: DelegationLimitEndIn,
    door: Annotated[Door, may("decision:write")],
    sent: Annotated[Sent, post_once("endDelegationLimit")],
    version: IfMatch,
) -> Response:
    """Gives a limit its last day. What was decided under it stays as it was."""
    return answer(await end_delegation_limit(door.db, door.caller, sent, id, version, body.in_force_to))


@router.get(
    "/deciders",
    operation_id="listDeciders",
    response_model=AllNeededOut,
    responses=problems(409),
    summary="Ask who must decide a case",
)
async def deciders(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    partnership_id: Annotated[UUID, Query()],
    subject: Annotated[LimitSubject, Query()],
    amount_pence: Annotated[int, Query(ge=1, le=10**15)],
    day: Annotated[Day, Query(description="The limits of this day.")],
    before_pence: Annotated[
        int, Query(ge=0, le=10**15, description="What went before it in the same financial year.")
    ] = 0,
    budget_pence: Annotated[
        int | None, Query(le=10**15, description="The adjusted budget of the line concerned.")
    ] = None,
    nature: Annotated[Nature | None, Query()] = None,
    permanence: Annotated[Permanence | None, Query()] = None,
    budget_type: Annotated[Tag | None, Query()] = None,
) -> Response:
    """Whose decision each organisation's limits ask for. An organisation without a limit for it is not listed."""
    case = Case(subject, amount_pence, day, nature, permanence, budget_type, before_pence, budget_pence)
    return listed(request, Page(await _needed(door, partnership_id, case, day), None))


async def _needed(door: Door, partnership_id: UUID, case: Case, day: date) -> tuple[object, ...]:
    async with door.db.begin(door.caller, snapshot=True) as tx:
        require_commissioner(tx, partnership_id)
        limits = await delegation_limits.in_force(tx, partnership_id, case.subject, day)
    try:
        return who_decides(limits, case)
    except Refusal as refusal:
        raise refusal.reason("?amount_pence", **refusal.facts) from None


@router.get(
    "/{id}",
    operation_id="getDelegationLimit",
    response_model=DelegationLimitOut,
    responses=problems(404),
    summary="Read a delegation limit",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One limit of your organisation's or a partner's scheme of delegation."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await delegation_limits.get(tx, id))


@router.get(
    "",
    operation_id="listDelegationLimits",
    response_model=DelegationLimitsOut,
    responses=problems(),
    summary="List the delegation limits of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    subject: Annotated[LimitSubject | None, Query()] = None,
    owner_organisation_id: Annotated[UUID | None, Query(description="Whose limits.")] = None,
) -> Response:
    """The limits of all partners, from the oldest on."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await delegation_limits.page(
            tx, partnership_id, subject, owner_organisation_id, pages.limit, after, within
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.in_force_from, each.id)))
