"""Obligations: set what a provider has to report under a contract, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.change_obligation_settings import change_obligation_settings
from services.outcomes.actions.change_obligation_term import change_obligation_term
from services.outcomes.actions.create_obligation import create_obligation
from services.outcomes.api.dimension_fields import FigureDimensionsIn, FigureDimensionsOut
from services.outcomes.api.figure_fields import Label
from services.outcomes.rules.indicator import Frequency
from services.outcomes.rules.obligation import AskedIndicator, Obligation, ObligationSettings
from services.outcomes.store import obligations
from shared.caller import Caller
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.examples import CONTRACT, COUNCIL, INDICATOR, PARTNERSHIP, PROVIDER, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/obligations", tags=["obligations"])


class AskedIndicatorIn(Body):
    """An indicator on the form."""

    indicator_id: UUID
    compulsory: bool = True


class ObligationIn(Body):
    """What a provider has to report under a contract that your organisation leads.

    A return is due `due_days` after the last day of each period that has a day between the two dates.
    """

    model_config = example(
        partnership_id=PARTNERSHIP,
        contract_id=CONTRACT,
        lead_organisation_id=COUNCIL,
        provider_organisation_id=PROVIDER,
        title="Community services, quarterly",
        frequency="quarterly",
        begins_on="2014-04-01",
        ends_on="2016-03-31",
        due_days=20,
        indicators=[{"indicator_id": INDICATOR, "compulsory": True}],
    )

    partnership_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    associate_organisation_ids: list[UUID] = Field(default_factory=list, max_length=50)
    title: Label = Field(examples=["Community services, quarterly"])
    frequency: Frequency = Field(examples=["quarterly"])
    begins_on: Day = Field(examples=["2014-04-01"])
    ends_on: Day = Field(examples=["2016-03-31"])
    due_days: int = Field(strict=True, ge=0, le=366, examples=[20])
    silence_days: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        le=366,
        description="An associate that is silent for so many days after acceptance counts as accepting.",
    )
    indicators: list[AskedIndicatorIn] = Field(max_length=200)
    dimensions: FigureDimensionsIn = Field(
        default_factory=FigureDimensionsIn, description="Of which place, site or group all its figures are."
    )

    def to_obligation(self, obligation_id: UUID) -> Obligation:
        fields = {
            **dict(self),
            "associate_organisation_ids": tuple(self.associate_organisation_ids),
            "indicators": tuple(AskedIndicator(**dict(each)) for each in self.indicators),
            "dimensions": self.dimensions.to_dimensions(),
        }
        return Obligation(id=obligation_id, owner_organisation_id=self.lead_organisation_id, **fields)


class AskedIndicatorOut(Out):
    """An indicator on the form."""

    indicator_id: UUID
    compulsory: bool


class ObligationTermIn(Body):
    """The day on which the duty to report ends, and why."""

    model_config = example(ends_on="2017-03-31", reason="The contract was extended by a year.")

    ends_on: Day = Field(examples=["2017-03-31"])
    reason: Paragraph = Field(examples=["The contract was extended by a year."])


class ObligationTermOut(Out):
    """A change of the last day of an obligation."""

    ends_on: Day
    reason: str = Field(examples=["The contract was extended by a year."])
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime


class ObligationSettingsIn(Body):
    """What holds for periods that begin on or after a day. `input_days` after the due day, input closes."""

    model_config = example(
        effective_from="2015-04-01",
        due_days=15,
        input_days=30,
        silence_days=10,
        reason="The report moved to the middle of the month.",
    )

    effective_from: Day = Field(examples=["2015-04-01"])
    due_days: int = Field(strict=True, ge=0, le=366, examples=[15])
    input_days: int | None = Field(
        default=None, strict=True, ge=0, le=3660, description="Null: input never closes."
    )
    silence_days: int | None = Field(default=None, strict=True, ge=1, le=366)
    reason: Paragraph = Field(examples=["The report moved to the middle of the month."])

    def to_settings(self, caller: Caller) -> ObligationSettings:
        return ObligationSettings(
            set_by_organisation_id=caller.organisation_id, set_by_client_id=caller.client_id, **dict(self)
        )


class ObligationSettingsOut(Out):
    """What holds for periods that begin on or after a day."""

    effective_from: Day
    due_days: int
    input_days: int | None
    silence_days: int | None
    reason: str = Field(examples=["The report moved to the middle of the month."])
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime


class ObligationOut(Out):
    """What a provider has to report under a contract."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    associate_organisation_ids: list[UUID]
    title: str = Field(examples=["Community services, quarterly"])
    frequency: Frequency
    begins_on: Day
    ends_on: Day
    due_days: int
    silence_days: int | None
    indicators: list[AskedIndicatorOut]
    dimensions: FigureDimensionsOut
    recorded_at: datetime
    terms: list[ObligationTermOut]
    settings: list[ObligationSettingsOut]
    version: int


class ObligationsOut(Out):
    """A page of obligations."""

    items: list[ObligationOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createObligation",
    status_code=201,
    response_model=ObligationOut,
    responses=problems(409, 413, 415),
    summary="Set what a provider has to report",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ObligationIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("createObligation")],
) -> Response:
    """Sets the obligation and with it every return that is due, to the end date."""
    kept = await create_obligation(door.db, door.caller, sent, body.to_obligation(id))
    return answer(kept, f"/v1/obligations/{id}")


@router.post(
    "/{id}/term",
    operation_id="changeObligationTerm",
    response_model=ObligationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End an obligation earlier or later",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: ObligationTermIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, post_once("changeObligationTerm")],
    version: IfMatch,
) -> Response:
    """What begins after the new last day is no longer due, and what begins by it is. What was sent stays."""
    kept = await change_obligation_term(door.db, door.caller, sent, id, version, body.ends_on, body.reason)
    return answer(kept)


@router.post(
    "/{id}/settings",
    operation_id="changeObligationSettings",
    response_model=ObligationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change due days and closing days from a day on",
)
async def change_settings(
    id: UUID,  # noqa: A002 the name in the address
    body: ObligationSettingsIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, post_once("changeObligationSettings")],
    version: IfMatch,
) -> Response:
    """Periods that begin on or after the day are due, close and are silent as said here. Earlier ones stay as they were."""
    asked = body.to_settings(door.caller)
    return answer(await change_obligation_settings(door.db, door.caller, sent, id, version, asked))


@router.get(
    "/{id}",
    operation_id="getObligation",
    response_model=ObligationOut,
    responses=problems(404),
    summary="Read an obligation",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """An obligation, as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await obligations.get(tx, id))


@router.get(
    "",
    operation_id="listObligations",
    response_model=ObligationsOut,
    responses=problems(),
    summary="List obligations",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    provider_organisation_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The obligations that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await obligations.page(
            tx,
            pages.limit,
            after,
            within,
            partnership_id=partnership_id,
            contract_id=contract_id,
            provider_organisation_id=provider_organisation_id,
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
