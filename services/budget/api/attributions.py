"""Attributions: what part of a wider spend belongs to a place, by a chain of dated, sourced factors."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.record_attribution import record_attribution
from services.budget.rules.attribution import Count, Factor
from services.budget.rules.attribution_record import AttributionRecord, Link
from services.budget.store.assessments import attributions
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Measure, MoneyIn, MoneyOut, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/attributions", tags=["attributions"])


class CountIn(Body):
    """A count behind a factor, with the word that its publisher put before it."""

    value: int = Field(ge=1, le=10**12, strict=True, examples=[260000])
    qualifier: Qualifier | None = None
    source: Title = Field(examples=["Business case, 2014"])

    def to_count(self) -> Count:
        return Count(self.value, self.qualifier, self.source)


class LinkIn(Body):
    """A factor: what part of one place's spend is a narrower place's, on whose word, from when."""

    from_place: Title = Field(examples=["NEW Devon CCG"])
    to_place: Title = Field(examples=["Western Locality"])
    name: Title = Field(examples=["Share of the Western Locality"])
    rate: Measure = Field(examples=["0.45"])
    source: Title = Field(examples=["Summary of projects, 2014"])
    effective_from: Day
    effective_to: Day | None = None
    numerator: CountIn | None = None
    denominator: CountIn | None = None

    def to_link(self) -> Link:
        factor = Factor(
            self.name,
            self.rate,
            self.source,
            self.effective_from,
            self.effective_to,
            None if self.numerator is None else self.numerator.to_count(),
            None if self.denominator is None else self.denominator.to_count(),
        )
        return Link(self.from_place, self.to_place, factor)


class AttributionIn(Body):
    """An amount, and the chain by which part of it belongs to the last place of the chain."""

    partnership_id: UUID
    name: Title = Field(examples=["Partnerships directorate"])
    provider: Title | None = Field(default=None, examples=["Plymouth Hospitals NHS Trust"])
    as_at: Day = Field(examples=["2014-09-01"])
    amount: MoneyIn
    chain: list[LinkIn] = Field(max_length=20)


class CountOut(Out):
    """A count behind a factor."""

    value: int
    qualifier: Qualifier | None
    source: str


class FactorOut(Out):
    """A share that somebody declared."""

    name: str = Field(examples=["Weighted population"])
    rate: str = Field(examples=["0.45"])
    source: str = Field(examples=["Office for National Statistics, 2014"])
    effective_from: Day
    effective_to: Day | None
    numerator: CountOut | None
    denominator: CountOut | None


class LinkOut(Out):
    """A factor with the places it leads between."""

    from_place: str
    to_place: str
    factor: FactorOut


class BasisWarningOut(Out):
    """A declared factor that its own counts do not bear out, with both figures."""

    factor: str = Field(examples=["Weighted population"])
    declared_percent: str = Field(examples=["60"])
    implied_percent: str = Field(examples=["74.3"])
    implied_is: Qualifier | None
    denominator_needed: int
    amount_pence_if_implied: int | None


class AttributionResultOut(Out):
    """What the amount came to. The rate is the product of the factors; it is rounded once, at the end."""

    amount: MoneyOut
    rate: str = Field(examples=["0.2700"])
    factors: list[str] = Field(examples=[["Weighted population"]])
    warnings: list[BasisWarningOut]


class AttributionOut(Out):
    """An attribution as it was worked out."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    provider: str | None
    as_at: date
    amount: MoneyOut
    chain: list[LinkOut]
    steps_pence: list[int | None]
    result: AttributionResultOut
    version: int


class AttributionsOut(Out):
    """A page of attributions."""

    items: list[AttributionOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordAttribution",
    status_code=201,
    response_model=AttributionOut,
    responses=problems(409, 413, 415),
    summary="Record an attribution",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: AttributionIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordAttribution")],
) -> Response:
    """Works the chain out and keeps it. A factor that its own counts do not bear out carries a warning."""
    asked = AttributionRecord(
        id,
        body.partnership_id,
        door.caller.organisation_id,
        body.name,
        body.provider,
        body.as_at,
        body.amount.to_money("/amount"),
        tuple(each.to_link() for each in body.chain),
    )
    return answer(await record_attribution(door.db, door.caller, sent, asked), f"/v1/attributions/{id}")


@router.get(
    "/{id}",
    operation_id="getAttribution",
    response_model=AttributionOut,
    responses=problems(404),
    summary="Read an attribution",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One attribution with its chain, its steps and its warnings."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await attributions.get(tx, id))


@router.get(
    "",
    operation_id="listAttributions",
    response_model=AttributionsOut,
    responses=problems(),
    summary="List the attributions of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The attributions that you may see, by name."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await attributions.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))
