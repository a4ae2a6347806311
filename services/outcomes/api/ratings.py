"""KPIs that contracts are rated on, and their five-point ratings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.amend_kpi_duty import amend_kpi_duty
from services.outcomes.actions.set_kpi_duty import set_kpi_duty
from services.outcomes.api.figure_fields import Figure, PeriodOut
from services.outcomes.api.scorecards import Asked, read_card
from services.outcomes.rules.kpi_rating import AwardRegime, KpiDuty, KpiDutyEdition, KpiLevel, kpi_ratings
from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.store import kpi_duties
from shared.caller import Caller
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.examples import CONTRACT, INDICATOR, PARTNERSHIP, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1", tags=["ratings"])


class KpiDutyIn(Body):
    """On which indicators a contract is rated. Regime and value decide whether the law demands it."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        contract_id=CONTRACT,
        award_regime="psr",
        value_pence=620000000,
        framework_or_concession=False,
        indicator_ids=[INDICATOR],
    )

    partnership_id: UUID
    contract_id: UUID
    award_regime: AwardRegime
    value_pence: int | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=10**15,
        description="Whole life, with VAT; no less than the contract's on record.",
    )
    framework_or_concession: bool = Field(
        default=False, description="A framework on record must be said to be one."
    )
    indicator_ids: list[UUID] = Field(min_length=1, max_length=50)

    def to_duty(self, duty_id: UUID, owner: UUID) -> KpiDuty:
        fields = {**dict(self), "indicator_ids": tuple(self.indicator_ids)}
        return KpiDuty(id=duty_id, owner_organisation_id=owner, **fields)


class KpiDutyChangeIn(Body):
    """On which indicators the contract is rated from a day on. All of it is said anew, with the reason."""

    model_config = example(
        contract_id=CONTRACT,
        effective_from="2026-04-01",
        award_regime="psr",
        value_pence=680000000,
        indicator_ids=[INDICATOR],
        reason="The contract was extended by a year.",
    )

    contract_id: UUID = Field(
        description="The same contract, whose regime, value and form this is held against."
    )
    effective_from: Day = Field(examples=["2026-04-01"])
    award_regime: AwardRegime
    value_pence: int | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=10**15,
        description="Whole life, with VAT; no less than the contract's on record.",
    )
    framework_or_concession: bool = Field(
        default=False, description="A framework on record must be said to be one."
    )
    indicator_ids: list[UUID] = Field(min_length=1, max_length=50)
    reason: Paragraph

    def to_edition(self, by: Caller) -> KpiDutyEdition:
        fields = {**dict(self), "indicator_ids": tuple(self.indicator_ids)}
        fields.pop("contract_id")
        return KpiDutyEdition(
            **fields, set_by_organisation_id=by.organisation_id, set_by_client_id=by.client_id
        )


TOLD = "Null to observers: it would tell whether the contract is of more than £5 million."


class KpiDutyEditionOut(Out):
    """On which indicators a contract is rated from a day on."""

    effective_from: Day
    award_regime: AwardRegime
    value_pence: int | None
    framework_or_concession: bool
    indicator_ids: list[UUID]
    reason: str = Field(examples=["The contract was extended by a year."])
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    statutory: bool | None = Field(description=TOLD)
    recorded_at: datetime


class KpiDutyOut(Out):
    """On which indicators a contract is rated, and whether section 52 of the Procurement Act 2023 demands it.

    What it says itself holds from the beginning, and each edition from its day on.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    award_regime: AwardRegime
    value_pence: int | None = Field(
        description="Null to observers: the contract shows what is published of it."
    )
    framework_or_concession: bool
    indicator_ids: list[UUID]
    statutory: bool | None = Field(description=TOLD)
    recorded_at: datetime
    version: int
    editions: list[KpiDutyEditionOut]


class KpiDutiesOut(Out):
    """A page of contracts' KPIs."""

    items: list[KpiDutyOut]
    next: str | None


class KpiRatingOut(Out):
    """One KPI in five ratings, with the colour and reason that it rests on."""

    indicator_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    title: str = Field(examples=["Delayed transfers of care"])
    contract_id: UUID
    provider_organisation_id: UUID | None
    period: PeriodOut | None
    value: Figure | None
    target_value: Figure | None
    level: KpiLevel
    colour: Colour
    reason: RatingReason
    statutory: bool | None = Field(description=TOLD)


class KpiRatingsOut(Out):
    """The KPIs of a partnership's contracts at a day."""

    partnership_id: UUID
    as_at: Day
    ratings: list[KpiRatingOut]


@router.put(
    "/kpi-duties/{id}",
    operation_id="setKpiDuty",
    status_code=201,
    response_model=KpiDutyOut,
    responses=problems(409, 413, 415),
    summary="Set on which KPIs a contract is rated",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: KpiDutyIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("setKpiDuty")],
) -> Response:
    """Sets the KPIs of a contract. They are indicators that its provider reports."""
    asked = body.to_duty(id, door.caller.organisation_id)
    return answer(await set_kpi_duty(door.db, door.caller, sent, asked), f"/v1/kpi-duties/{id}")


@router.patch(
    "/kpi-duties/{id}",
    operation_id="amendKpiDuty",
    response_model=KpiDutyOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change on which KPIs a contract is rated",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: KpiDutyChangeIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, patch_once("amendKpiDuty")],
    version: IfMatch,
) -> Response:
    """From a day on. Ratings as at an earlier day stay what they were, and so do those as recorded before."""
    asked = body.to_edition(door.caller)
    return answer(await amend_kpi_duty(door.db, door.caller, sent, id, version, body.contract_id, asked))


@router.get(
    "/kpi-duties/{id}",
    operation_id="getKpiDuty",
    response_model=KpiDutyOut,
    responses=problems(404),
    summary="Read the KPIs of a contract",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """The KPIs of a contract, as they were set."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await kpi_duties.get(tx, id))


@router.get(
    "/kpi-duties",
    operation_id="listKpiDuties",
    response_model=KpiDutiesOut,
    responses=problems(),
    summary="List the KPIs of contracts",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    contract_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The contracts' KPIs that you may see, in the order in which they were set."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await kpi_duties.page(
            tx, pages.limit, after, within, partnership_id=partnership_id, contract_id=contract_id
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))


@router.get(
    "/ratings",
    operation_id="getKpiRatings",
    response_model=KpiRatingsOut,
    responses=problems(404, 409),
    summary="Read the five-point ratings of KPIs",
)
async def ratings(request: Request, door: Annotated[Door, may("outcome:read")], asked: Asked) -> Response:
    """Each KPI as good, approaching its target, requiring improvement, inadequate or other; `statutory` only where the
    regime demands the rating.
    """
    card = await read_card(door, asked)
    async with door.db.begin(door.caller, single=True) as tx:
        duties = await kpi_duties.of_partnership(tx, asked.partnership_id)
    return shown(
        request, kpi_ratings(asked.partnership_id, asked.as_at, card.lines, duties, asked.as_recorded)
    )
