"""Populations: record a denominator with its vintage, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.record_population import record_population
from services.outcomes.api.figure_fields import Figure, Label
from services.outcomes.rules.population import MOST_PEOPLE, Basis, Population, Registration
from services.outcomes.store import populations
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import PARTNERSHIP, example
from shared.web.fields import Body, Code, Day, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/populations", tags=["populations"])


class RegistrationIn(Body):
    """Where residents are registered with a GP. The two shares make 100 per cent."""

    here_percent: Figure = Field(examples=["95"])
    elsewhere_percent: Figure = Field(examples=["5"])
    living_elsewhere: int | None = Field(default=None, ge=0, le=MOST_PEOPLE)
    more_come_in_than_go_out: bool | None = None


class PopulationIn(Body):
    """A population at a date: a count, or a projection from another population by a growth in per cent.

    A count with a growth is a projection of which the source prints only the result.
    """

    model_config = example(
        partnership_id=PARTNERSHIP,
        area_code="E06000026",
        area_name="Plymouth",
        basis="resident",
        age_band="all",
        at="2014-06-30",
        vintage="Mid-2013 estimates",
        source="Office for National Statistics",
        count=260000,
        qualifier="approximately",
    )

    partnership_id: UUID
    area_code: Code = Field(examples=["E06000026"])
    area_name: Label = Field(examples=["Plymouth"])
    basis: Basis = Field(examples=["resident"])
    age_band: Code = Field(default="all", examples=["65-74"])
    at: Day = Field(examples=["2014-06-30"])
    vintage: Label = Field(examples=["Mid-2013 estimates"])
    source: Label = Field(examples=["Office for National Statistics"])
    count: int | None = Field(default=None, strict=True, ge=0, le=MOST_PEOPLE, examples=[260000])
    qualifier: Qualifier | None = None
    projected_from_id: UUID | None = None
    growth_percent: Figure | None = Field(default=None, examples=["2.4"])
    registration: RegistrationIn | None = None
    share_of_id: UUID | None = Field(default=None, description="The population of which this is a share.")
    share_percent: Figure | None = None

    def to_population(self, population_id: UUID, owner: UUID) -> Population:
        where = None if self.registration is None else Registration(**dict(self.registration))
        return Population(
            id=population_id,
            owner_organisation_id=owner,
            base_count=None,
            **{**dict(self), "registration": where},
        )


class RegistrationOut(Out):
    """Where residents are registered with a GP, as it was recorded."""

    here_percent: Figure
    elsewhere_percent: Figure
    living_elsewhere: int | None
    more_come_in_than_go_out: bool | None


class OverlapOut(Out):
    """How residents and registered people overlap, in people; null where the source gives no number."""

    residents: int
    registered_here: int
    registered_elsewhere: int
    living_elsewhere: int | None
    registered: int | None
    registered_exceed_residents: bool | None


class PopulationOut(Out):
    """A population. `base_count` is what a projection started from."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    area_code: str = Field(examples=["E06000026"])
    area_name: str = Field(examples=["Plymouth"])
    basis: Basis
    age_band: str = Field(examples=["65-74"])
    at: Day
    vintage: str = Field(examples=["Mid-2013 estimates"])
    source: str = Field(examples=["Office for National Statistics"])
    count: int = Field(examples=[260000])
    qualifier: Qualifier | None
    projected_from_id: UUID | None
    growth_percent: Figure | None
    base_count: int | None
    registration: RegistrationOut | None
    overlap: OverlapOut | None
    share_of_id: UUID | None
    share_percent: Figure | None
    share_count: int | None
    recorded_at: datetime


class PopulationsOut(Out):
    """A page of populations."""

    items: list[PopulationOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordPopulation",
    status_code=201,
    response_model=PopulationOut,
    responses=problems(409, 413, 415),
    summary="Record a population",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PopulationIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("recordPopulation")],
) -> Response:
    """Records a population for good. A newer estimate has a vintage of its own."""
    asked = body.to_population(id, door.caller.organisation_id)
    kept = await record_population(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/populations/{id}")


@router.get(
    "/{id}",
    operation_id="getPopulation",
    response_model=PopulationOut,
    responses=problems(404),
    summary="Read a population",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A population, as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await populations.get(tx, id))


@router.get(
    "",
    operation_id="listPopulations",
    response_model=PopulationsOut,
    responses=problems(),
    summary="List the populations of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The populations that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await populations.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
