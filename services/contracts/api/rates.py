"""Rates of contracts, dated; uplifts are proposed with their effect, and agreed or refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.decide_uplift import decide_uplift
from services.contracts.actions.propose_uplift import propose_uplift
from services.contracts.actions.record_rate import record_rate
from services.contracts.rules.placement import RateUnit
from services.contracts.rules.rate import Rate, RateState
from services.contracts.store import rates
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.text import fold_key
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, Line, Measure, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/rates", tags=["rates"])


class ContractRateIn(Body):
    """A rate that is agreed, in pounds for one unit, from a day."""

    contract_id: UUID
    provider_organisation_id: UUID
    service: Title = Field(examples=["Residential care, older people"])
    unit: RateUnit = Field(examples=["week"])
    unit_rate: Measure = Field(examples=["812.50"])
    holds_from: Day = Field(examples=["2014-04-01"])
    holds_until: Day | None = Field(default=None, examples=["2016-03-31"])

    def to_draft(self, rate_id: UUID, owner: UUID) -> Rate:
        return Rate(
            id=rate_id,
            contract_id=self.contract_id,
            owner_organisation_id=owner,
            provider_organisation_id=self.provider_organisation_id,
            service=self.service,
            unit=self.unit,
            unit_rate=self.unit_rate,
            holds_from=self.holds_from,
            holds_until=self.holds_until,
        )


class UpliftIn(Body):
    """An uplift from a day: a percentage (it may be negative), or the new rate."""

    holds_from: Day = Field(examples=["2015-04-01"])
    percent: Measure | None = Field(default=None, examples=["1.5"])
    unit_rate: Measure | None = Field(default=None, examples=["825.00"])


class UpliftDecisionIn(Body):
    """The day on which it was decided."""

    on: Day = Field(examples=["2015-03-20"])


class UpliftYearOut(Out):
    """What it adds in a financial year."""

    financial_year: str
    more_pence: int


class UpliftEffectOut(Out):
    """What an uplift adds to commitment and forecast, over your own placements in care at the old rate."""

    placements: int
    unknown: int = Field(description="Of how many the units a week are not on record.")
    complete: bool
    weekly_more_pence: int
    by_year: list[UpliftYearOut]


class ContractRateOut(Out):
    """A rate of a contract in pounds for one unit."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    service: str = Field(examples=["Residential care, older people"])
    unit: RateUnit
    unit_rate: str = Field(examples=["812.50"])
    holds_from: Day
    holds_until: Day | None
    uplifts_id: UUID | None = Field(description="The rate that this one follows.")
    effect: UpliftEffectOut | None
    state: RateState
    decided_on: Day | None
    version: int
    recorded_at: datetime
    changed_at: datetime


class ContractRatesOut(Out):
    """A page of rates."""

    items: list[ContractRateOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordRate",
    status_code=201,
    response_model=ContractRateOut,
    responses=problems(409, 413, 415),
    summary="Record a rate",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractRateIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("recordRate")],
) -> Response:
    """A rate under a contract that your organisation leads. Two never hold on the same day."""
    draft = body.to_draft(id, door.caller.organisation_id)
    return answer(await record_rate(door.db, door.caller, sent, draft), f"/v1/rates/{id}")


@router.post(
    "/{id}/uplifts",
    operation_id="proposeUplift",
    status_code=201,
    response_model=ContractRateOut,
    responses=problems(404, 409, 413, 415),
    summary="Propose an uplift",
)
async def uplift(
    id: UUID,  # noqa: A002 the name in the address
    body: UpliftIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("proposeUplift")],
) -> Response:
    """Answers the rate that would hold, with what it adds to commitment and forecast. Nothing holds until it is agreed."""
    asked = (body.percent, body.unit_rate)
    return answer(await propose_uplift(door.db, door.caller, sent, id, body.holds_from, asked))


@router.post(
    "/{id}/agreement",
    operation_id="agreeUplift",
    response_model=ContractRateOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Agree an uplift",
)
async def agreement(
    id: UUID,  # noqa: A002 the name in the address
    body: UpliftDecisionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("agreeUplift")],
) -> Response:
    """The new rate holds from its day, and the one before it ends the day before."""
    return answer(await decide_uplift(door.db, door.caller, sent, (id, version, body.on), agreed=True))


@router.post(
    "/{id}/refusal",
    operation_id="refuseUplift",
    response_model=ContractRateOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Refuse an uplift",
)
async def refusal(
    id: UUID,  # noqa: A002 the name in the address
    body: UpliftDecisionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("refuseUplift")],
) -> Response:
    """The rate before it holds on."""
    return answer(await decide_uplift(door.db, door.caller, sent, (id, version, body.on), agreed=False))


@router.get(
    "/{id}",
    operation_id="getRate",
    response_model=ContractRateOut,
    responses=problems(404),
    summary="Read a rate",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """To the contract's commissioners and auditors, and once agreed to the provider whose rate it is."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await rates.get(tx, id))


@router.get(
    "",
    operation_id="listRates",
    response_model=ContractRatesOut,
    responses=problems(),
    summary="List rates",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    provider_id: Annotated[UUID | None, Query()] = None,
    service: Annotated[Line | None, Query()] = None,
    unit: Annotated[RateUnit | None, Query()] = None,
    state: Annotated[RateState | None, Query()] = None,
    on: Annotated[Day | None, Query(description="Rates that hold on this day.")] = None,
) -> Response:
    """In the order in which they last changed."""
    asked: dict[str, Any] = {
        "contract_id": contract_id,
        "partnership_id": partnership_id,
        "provider_id": provider_id,
        "service": None if service is None else fold_key(service),
        "unit": unit,
        "state": state,
        "on": on,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await rates.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.changed_at, each.id)))
