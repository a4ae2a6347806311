"""Benefits: register what is expected of commissioning together, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.register_benefit import register_benefit
from services.outcomes.api.figure_fields import Figure, IndicatorCode, Label
from services.outcomes.rules.benefit import Benefit, BenefitKind
from services.outcomes.store import benefits
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import PARTNERSHIP, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/benefits", tags=["benefits"])

_TITLE = "Fewer duplicate assessments"


class BenefitIn(Body):
    """A benefit with the figure that is expected. A bound such as «up to» is no expectation and is refused."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        reference="OCO-07",
        title=_TITLE,
        description="One assessment serves the council and the NHS.",
        kind="efficiency",
        unit="assessments a year",
        baseline_value="4200",
        expected_value="3800",
        expected_by="2018-03-31",
        source="Business case for one commissioning organisation, 2016",
        accountable="Chief officer of the one commissioning organisation",
    )

    partnership_id: UUID
    reference: IndicatorCode = Field(examples=["OCO-07"])
    title: Label = Field(examples=[_TITLE])
    description: Paragraph
    kind: BenefitKind
    indicator_id: UUID | None = None
    unit: Label = Field(examples=["assessments a year"])
    baseline_value: Figure | None = None
    expected_value: Figure
    qualifier: Qualifier | None = None
    expected_by: Day
    source: Label
    accountable: Label = Field(description="The post that answers for it.")

    def to_benefit(self, benefit_id: UUID, owner: UUID) -> Benefit:
        return Benefit(id=benefit_id, owner_organisation_id=owner, **dict(self))


class BenefitOut(Out):
    """A benefit as it was registered, and what it changes."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str = Field(examples=["OCO-07"])
    title: str = Field(examples=[_TITLE])
    description: str = Field(examples=["One assessment serves the council and the NHS."])
    kind: BenefitKind
    indicator_id: UUID | None
    unit: str = Field(examples=["assessments a year"])
    baseline_value: Figure | None
    expected_value: Figure
    qualifier: Qualifier | None
    expected_by: Day
    source: str = Field(examples=["Business case for one commissioning organisation, 2016"])
    accountable: str = Field(examples=["Chief officer of the one commissioning organisation"])
    change: Figure | None
    recorded_at: datetime


class BenefitsOut(Out):
    """A page of benefits."""

    items: list[BenefitOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="registerBenefit",
    status_code=201,
    response_model=BenefitOut,
    responses=problems(409, 413, 415),
    summary="Register a benefit",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: BenefitIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("registerBenefit")],
) -> Response:
    """Registers a benefit under one reference, so that it counts once."""
    asked = body.to_benefit(id, door.caller.organisation_id)
    return answer(await register_benefit(door.db, door.caller, sent, asked), f"/v1/benefits/{id}")


@router.get(
    "/{id}",
    operation_id="getBenefit",
    response_model=BenefitOut,
    responses=problems(404),
    summary="Read a benefit",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A benefit, as it was registered."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await benefits.get(tx, id))


@router.get(
    "",
    operation_id="listBenefits",
    response_model=BenefitsOut,
    responses=problems(),
    summary="List the benefits of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    indicator_id: Annotated[UUID | None, Query(description="Only those that it measures.")] = None,
) -> Response:
    """The benefits that you may see, in the order in which they were registered."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await benefits.page(
            tx, pages.limit, after, within, partnership_id=partnership_id, indicator_id=indicator_id
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
