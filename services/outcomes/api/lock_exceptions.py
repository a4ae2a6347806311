"""Exceptions to closed input, and the answer to why a period is locked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.grant_lock_exception import grant_lock_exception
from services.outcomes.api.figure_fields import PeriodId, PeriodOut
from services.outcomes.rules.input_window import InputReason, LockException, input_status
from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.store import input_windows, obligations
from services.outcomes.store.instants import clock
from shared.caller import Caller
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import OBLIGATION, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1", tags=["lock-exceptions"])

_WHY = "The provider's system was down in the last week of July."


class LockExceptionIn(Body):
    """Input for a period that has closed is open again until a day, for a reason."""

    model_config = example(obligation_id=OBLIGATION, period="2014Q2", open_until="2030-08-15", reason=_WHY)

    obligation_id: UUID
    period: PeriodId
    open_until: Day = Field(examples=["2030-08-15"])
    reason: Paragraph = Field(examples=[_WHY])

    def to_exception(self, exception_id: UUID, caller: Caller) -> LockException:
        return LockException(
            id=exception_id,
            partnership_id=caller.organisation_id,
            owner_organisation_id=caller.organisation_id,
            set_by_organisation_id=caller.organisation_id,
            set_by_client_id=caller.client_id,
            **dict(self),
        )


class LockExceptionOut(Out):
    """An exception: for which period, until when, why, and who granted it."""

    id: UUID
    obligation_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    period: PeriodOut
    open_until: Day
    reason: str = Field(examples=[_WHY])
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime


class LockExceptionsOut(Out):
    """A page of exceptions."""

    items: list[LockExceptionOut]
    next: str | None


class InputStatusOut(Out):
    """Whether figures of a period can be put in, why, the days that count, and what to do now."""

    obligation_id: UUID
    period: PeriodOut
    is_open: bool
    reason: InputReason
    what_to_do: str = Field(examples=["Save and submit the figures."])
    opens_on: Day | None
    due_on: Day | None
    closes_on: Day | None
    open_until: Day | None
    exception_reason: str | None = Field(examples=[_WHY])
    return_id: UUID | None
    state: ReturnState | None


@router.put(
    "/lock-exceptions/{id}",
    operation_id="grantLockException",
    status_code=201,
    response_model=LockExceptionOut,
    responses=problems(409, 413, 415),
    summary="Open closed input again",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: LockExceptionIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, put_once("grantLockException")],
) -> Response:
    """Opens input for one period until a day. It closes again by itself; what is sent meanwhile is late and flagged."""
    kept = await grant_lock_exception(door.db, door.caller, sent, body.to_exception(id, door.caller))
    return answer(kept, f"/v1/lock-exceptions/{id}")


@router.get(
    "/lock-exceptions/{id}",
    operation_id="getLockException",
    response_model=LockExceptionOut,
    responses=problems(404),
    summary="Read an exception",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
) -> Response:
    """An exception, as it was granted."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await input_windows.get(tx, id))


@router.get(
    "/lock-exceptions",
    operation_id="listLockExceptions",
    response_model=LockExceptionsOut,
    responses=problems(),
    summary="List exceptions",
)
async def every(
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    obligation_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The exceptions that you may see, in the order in which they were granted."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await input_windows.page(
            tx, pages.limit, after, within, partnership_id=partnership_id, obligation_id=obligation_id
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))


@router.get(
    "/obligations/{id}/input-status",
    operation_id="getInputStatus",
    response_model=InputStatusOut,
    responses=problems(404),
    summary="Ask why a period is locked",
)
async def status(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
    period: Annotated[PeriodId, Query()],
) -> Response:
    """Whether figures of the period can be put in today, and if not why, since when, and who can open it."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        obligation = await obligations.get(tx, id)
        due = await obligations.due(tx, id, period)
        days = (
            await input_windows.closes_on(tx, id, period),
            await input_windows.furthest(tx, id, period),
        )
        found = await input_windows.sent(tx, id, period)
        _, today = await clock(tx)
    return shown(request, input_status(obligation.id, period, due, days, found, today))
