"""Completeness: what is owed and what has come; for a provider, what it owes, with the forms."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.api.figure_fields import Figure, PeriodOut, YearOut, YearQuery, label_of
from services.outcomes.api.return_bodies import FieldReasonOut
from services.outcomes.rules.indicator import Frequency, Polarity, ValueType
from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.store import completeness
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/completeness", tags=["completeness"])


class FormFieldOut(Out):
    """One figure that a form asks for, with the last accepted value."""

    indicator_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    title: str = Field(examples=["Delayed transfers of care"])
    definition: str = Field(examples=["Delayed transfers of care per 100,000 people of 18 and over."])
    numerator: str | None = Field(examples=["People delayed on the last Thursday of the month"])
    denominator: str | None = Field(examples=["Residents of 18 and over"])
    unit: str | None = Field(examples=["per 100,000"])
    value_type: ValueType
    multiplier: Figure | None
    lowest: Figure | None
    highest: Figure | None
    polarity: Polarity
    compulsory: bool
    previous: Figure | None
    previous_period: PeriodOut | None


class DueItemOut(Out):
    """A return that is due for a period that has ended. `state` is null while there is none that you may see."""

    obligation_id: UUID
    title: str = Field(examples=["Community services, quarterly"])
    partnership_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    frequency: Frequency
    period: PeriodOut
    financial_year: YearOut
    financial_quarter: int | None
    first_day: Day
    last_day: Day
    due_on: Day
    closes_on: Day | None = Field(description="When input closes; null where it does not.")
    overdue: bool
    return_id: UUID | None
    state: ReturnState | None
    revision: int | None
    days_late: int | None
    version: int | None
    reasons: list[FieldReasonOut]
    form: list[FormFieldOut] | None


class CompletenessOut(Out):
    """A page of what is owed, the earliest due day first."""

    items: list[DueItemOut]
    next: str | None


@router.get(
    "",
    operation_id="getCompleteness",
    response_model=CompletenessOut,
    responses=problems(),
    summary="See what is owed and what has come",
)
async def every(
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    as_at: Annotated[Day | None, Query(description="Today in England by default.")] = None,
    outstanding: Annotated[bool, Query(description="Only what has not come, or was sent back.")] = False,
    form: Annotated[bool, Query(description="With the forms, for a provider to fill in.")] = False,
    partnership_id: Annotated[UUID | None, Query()] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    provider_organisation_id: Annotated[UUID | None, Query()] = None,
    financial_year: YearQuery | None = None,
) -> Response:
    """Returns of periods that have ended. A provider asks `outstanding=true&form=true`: what do I owe, and how."""
    after = read_cursor(pages.cursor, date, UUID, str)
    async with door.db.begin(door.caller, single=not form, snapshot=form) as tx:
        rows = await completeness.page(
            tx,
            pages.limit,
            after,
            as_at=as_at or today_in_england(),
            outstanding=outstanding,
            with_forms=form,
            partnership_id=partnership_id,
            contract_id=contract_id,
            provider_organisation_id=provider_organisation_id,
            financial_year=label_of(financial_year),
        )
    return listed(
        request, page_of(rows, pages.limit, lambda each: (each.due_on, each.obligation_id, each.period))
    )
